<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die;

/**
 * Built-in functions that the product cannot do without, by PHP extension. Written by scripts/functions.php.
 */
final class NeededFunctions
{
    public const LIBRARY = [
        'Core' => [
            'defined', 'is_a', 'property_exists', 'strcmp', 'strlen',
        ],
        'SPL' => [
            'spl_autoload_register',
        ],
        'ctype' => [
            'ctype_digit',
        ],
        'date' => [
            'gmdate', 'strtotime', 'time',
        ],
        'hash' => [
            'hash',
        ],
        'json' => [
            'json_decode', 'json_encode', 'json_last_error_msg',
        ],
        'mbstring' => [
            'mb_scrub', 'mb_strtolower', 'mb_substr',
        ],
        'pcre' => [
            'preg_grep', 'preg_match', 'preg_match_all', 'preg_replace', 'preg_split',
        ],
        'random' => [
            'random_bytes',
        ],
        'standard' => [
            'abs', 'array_chunk', 'array_column', 'array_combine', 'array_diff', 'array_diff_assoc',
            'array_diff_key', 'array_fill', 'array_fill_keys', 'array_filter', 'array_flip', 'array_intersect',
            'array_intersect_key', 'array_is_list', 'array_key_exists', 'array_key_first', 'array_key_last',
            'array_keys', 'array_map', 'array_merge', 'array_push', 'array_replace', 'array_search', 'array_shift',
            'array_slice', 'array_sum', 'array_unique', 'array_values', 'base64_decode', 'base64_encode', 'bin2hex',
            'ceil', 'clearstatcache', 'count', 'explode', 'fclose', 'feof', 'file_get_contents', 'fread', 'fwrite',
            'get_debug_type', 'htmlspecialchars', 'implode', 'in_array', 'intdiv', 'intval', 'is_array', 'is_bool',
            'is_dir', 'is_executable', 'is_file', 'is_finite', 'is_float', 'is_int', 'is_numeric', 'is_object',
            'is_readable', 'is_scalar', 'is_string', 'ksort', 'ltrim', 'max', 'min', 'ord', 'pack', 'range', 'reset',
            'round', 'rtrim', 'serialize', 'sort', 'sprintf', 'str_contains', 'str_ends_with', 'str_pad',
            'str_repeat', 'str_replace', 'str_starts_with', 'stream_set_chunk_size', 'stream_set_read_buffer',
            'stripos', 'strpbrk', 'strpos', 'strrpos', 'strtolower', 'strtoupper', 'strtr', 'strval', 'substr',
            'trim', 'unpack', 'unserialize', 'usort',
        ],
    ];

    public const JOOMLA = [
        'Core' => [
            'class_alias', 'class_exists', 'enum_exists', 'get_object_vars',
        ],
        'standard' => [
            'array_count_values', 'array_reverse', 'array_walk_recursive', 'basename', 'dirname', 'flush', 'header',
            'http_response_code', 'nl2br', 'ob_end_clean', 'ob_get_level', 'parse_url', 'strstr', 'uasort',
        ],
    ];

    public const COMMAND_LINE = [
        'Core' => [
            'define',
        ],
        'hash' => [
            'hash_equals',
        ],
        'json' => [
            'json_last_error',
        ],
        'mbstring' => [
            'mb_strimwidth', 'mb_strlen', 'mb_strwidth',
        ],
        'standard' => [
            'array_pop', 'chdir', 'fgets', 'file_put_contents', 'floatval', 'flush', 'fopen', 'getcwd', 'header',
            'http_response_code', 'ob_end_flush', 'ob_get_level', 'parse_str', 'parse_url', 'realpath', 'str_split',
            'stream_context_create', 'stream_get_contents', 'stream_get_meta_data', 'uasort', 'unlink', 'wordwrap',
        ],
    ];
}
