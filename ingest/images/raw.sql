-- Runs after the raw tables of images are made. Image bytes do not compress: store them as they
-- are. The indexes tell which URLs and contents are landed without reading the whole table.
alter table raw_images.contents alter column content set storage external;
create index if not exists contents_sha256_load on raw_images.contents (sha256, _dlt_load_id);
create index if not exists attempts_url on raw_images.attempts using hash (url);
create index if not exists attempts_sha256 on raw_images.attempts (sha256);
create index if not exists attempts_load on raw_images.attempts (_dlt_load_id);
