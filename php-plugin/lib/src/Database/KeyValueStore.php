<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\UtcTime;

/** Facts of one environment by name, as text. */
final readonly class KeyValueStore
{
    private const TABLE = '#__j2commerce_clover_state';

    public function __construct(
        private Sql $sql,
        private string $environment,
        private Clock $clock = new SystemClock(),
    ) {
    }

    public function get(string $name): ?string
    {
        $value = $this->sql->fetchValue('SELECT value FROM ' . self::TABLE . ' WHERE environment = ? AND name = ?', [
            $this->environment,
            $name,
        ]);

        return $value === null ? null : (string) $value;
    }

    public function set(string $name, string $value): void
    {
        $this->write($name, $value, ['value', 'modified']);
    }

    /** Stores the value unless one is stored. */
    public function add(string $name, string $value): void
    {
        $this->write($name, $value, []);
    }

    /**
     * Replaces a value by another one, unless it was replaced meanwhile.
     *
     * @return bool Whether it was still the old one
     */
    public function replace(string $name, string $old, string $new): bool
    {
        // MySQL does not count a row that stays as it is.
        return $old === $new
            ? $this->get($name) === $old
            : $this->sql->execute('UPDATE '
            . self::TABLE
            . ' SET value = ?, modified = ? WHERE environment = ? AND name = ? AND value = ?', [
                $new,
                UtcTime::sql($this->clock->now()),
                $this->environment,
                $name,
                $old,
            ]) === 1;
    }

    public function delete(string ...$names): void
    {
        foreach ($names as $name) {
            $this->sql->execute('DELETE FROM ' . self::TABLE . ' WHERE environment = ? AND name = ?', [
                $this->environment,
                $name,
            ]);
        }
    }

    /** @return array<string, scalar|array<array-key, scalar|null>|null> The decoded JSON; empty when there is none */
    public function getArray(string $name): array
    {
        return self::decode($this->get($name) ?? '');
    }

    /**
     * @param string $prefix Ends in a colon
     *
     * @return array<string, array<string, scalar|array<array-key, scalar|null>|null>> Arrays by name
     */
    public function withPrefix(string $prefix): array
    {
        $values = [];

        foreach ($this->sql->fetchAll(
            'SELECT name, value FROM '
            . self::TABLE
            . ' WHERE environment = ? AND name >= ? AND name < ? ORDER BY name',
            // The semicolon is the character after the colon.
            [$this->environment, $prefix, substr($prefix, 0, -1) . ';'],
        ) as $row) {
            $values[Row::string($row, 'name')] = self::decode(Row::string($row, 'value'));
        }

        return $values;
    }

    /** @return array<string, scalar|array<array-key, scalar|null>|null> */
    public static function decode(string $json): array
    {
        /** @var array<string, scalar|array<array-key, scalar|null>|null>|scalar|null $value */
        $value = json_decode($json, true);

        return \is_array($value) ? $value : [];
    }

    /** @param list<string> $update Columns that replace those of an existing value */
    private function write(string $name, string $value, array $update): void
    {
        (new Bulk($this->sql))->upsert(
            self::TABLE,
            ['environment', 'name', 'value', 'modified'],
            [[$this->environment, $name, $value, UtcTime::sql($this->clock->now())]],
            ['environment', 'name'],
            $update,
        );
    }

    /** @param array<string, scalar|array<array-key, scalar|null>|null> $value */
    public function setArray(string $name, array $value): void
    {
        $this->set($name, json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));
    }
}
