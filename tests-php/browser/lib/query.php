<?php

/**
 * One statement in the site's own database: reads {"sql", "values"} from its input, and writes the rows, or the number
 * of changed rows.
 */

declare(strict_types=1);

require ($argv[1] ?? '') . '/configuration.php';

$site = new JConfig();
/** @var array{sql: string, values: list<scalar|null>} $asked */
$asked = json_decode((string) stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);
[$host, $port] = explode(':', $site->host, 2) + ['', ''];
$pdo = new PDO(
    "mysql:host=$host;dbname={$site->db};charset=utf8mb4" . ($port === '' ? '' : ";port=$port"),
    $site->user,
    $site->password,
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC],
);
$statement = $pdo->prepare(str_replace('#__', $site->dbprefix, $asked['sql']));

if ($statement === false) {
    throw new RuntimeException('The statement cannot be prepared.');
}

$statement->execute($asked['values']);
echo
    json_encode(
        $statement->columnCount() > 0 ? $statement->fetchAll() : $statement->rowCount(),
        JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE,
    )
;
