{# Why a fetch gave nothing, in words, from the code that was landed; null where it gave something. #}
{% macro fetch_reason(error, status, detail) -%}
    case {{ error }}
        when 'http status' then 'HTTP status ' || {{ status }}
        when 'timeout' then 'the host was silent or slow for too long'
        when 'no connection' then 'the host cannot be reached'
        when 'broken answer' then 'the answer broke off'
        when 'too large' then 'the answer is too large'
        when 'encoded answer' then 'the answer is compressed, unasked'
        when 'off-host redirect' then 'redirects to another host'
        when 'private address' then 'redirects to a private address'
        when 'off-base redirect' then 'redirects out of the listing'
        when 'too many redirects' then 'redirects too often'
        when 'robots.txt' then 'closed by robots.txt'
        when 'invalid url' then 'is not a URL that can be fetched'
        when 'no listing' then 'is no listing'
        when 'format not taken' then {{ detail }} || ' is not taken'
        when 'too many scans' then 'the image has too many scans'
        when 'too many frames' then 'the image has too many frames'
        when 'too slow' then 'the image takes too long to decode'
        when 'not an image' then 'is not an image'
        when 'broken image' then 'the image is broken'
        when 'too many pixels' then 'the image has too many pixels'
        when 'too deep' then 'lies too deep below the listing'
        when 'too many pages' then 'the listing has too many pages'
        else {{ error }}
    end
{%- endmacro %}
