{# The files of people whose records are not judged yet. One that has another name now is judged anew:
   the order of the files' names decides which of two records is the first. #}
{% macro files_to_judge(files) -%}
    select files.origin_id, files.run_id
    from {{ files }} as files
    where
        files.record_table = 'people'
        and not exists (
            select 1
            from {{ this }} as judged
            where
                judged.origin_id = files.origin_id
                and judged.run_id = files.run_id
                and judged.origin = files.origin
        )
{%- endmacro %}

{# The persons whose first telling may be another one now. #}
{% macro persons_to_judge(files) -%}
    select person_id from new_records
    union all
    select person_id from {{ this }} as gone where not {{ is_of_a_file(files, 'gone') }}
{%- endmacro %}

{# Whether a judged record is of what one of the files that count holds now. #}
{% macro is_of_a_file(files, judged) -%}
    exists (
        select 1
        from {{ files }} as files
        where
            files.origin_id = {{ judged }}.origin_id
            and files.run_id = {{ judged }}.run_id
            and files.origin = {{ judged }}.origin
    )
{%- endmacro %}

{# After records are judged: away with those of files that are gone. In one transaction with the insert
   before. #}
{% macro delete_records_of_files_gone() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as judged
    where not {{ is_of_a_file(ref('stg_census__files'), 'judged') }}
    {%- endif -%}
{%- endmacro %}

{# Whether a published person is the one that is accepted now: its key is made of all but the place. #}
{% macro is_same_person(published, people) -%}
    {{ published }}.person_id = {{ people }}.person_id
    and {{ published }}.place_id = {{ people }}.place_id
{%- endmacro %}

{% macro people_to_delete(people) -%}
    {%- set no_record -%}
        not exists (select 1 from {{ people }} as people where {{ is_same_person('published', 'people') }})
    {%- endset -%}
    {{ keys_to_delete('person_id', no_record) }}
{%- endmacro %}
