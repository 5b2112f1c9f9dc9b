<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Database\Sql;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\ShopTestCase;
use CloverSync\Tests\Support\TestConnection;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Behavior of Joomla's drivers: values, the prefix, and transactions that the database rolls back. */
final class JoomlaSqlTest extends ShopTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->sql->execute(
            'CREATE TABLE #__bound (id int NOT NULL, number bigint DEFAULT NULL,
                text varchar(200) DEFAULT NULL, money decimal(15,5) DEFAULT NULL, PRIMARY KEY (id)) ENGINE=InnoDB',
        );
    }

    public function test_every_kind_of_value_comes_back_as_it_went(): void
    {
        $insert = 'INSERT INTO #__bound (id, number, text, money) VALUES (?, ?, ?, ?)';
        $this->sql->execute($insert, [1, null, null, null]);
        $this->sql->execute($insert, [2, true, 'true', '0.00001']);
        $this->sql->execute($insert, [3, false, '', '-1234567890.12345']);
        $this->sql->execute($insert, [4, PHP_INT_MAX, "O'Hara \"x\" \\ % _ \u{1F600}", '19.9']);

        self::assertEquals(
            [
                ['id' => 1, 'number' => null, 'text' => null, 'money' => null],
                ['id' => 2, 'number' => 1, 'text' => 'true', 'money' => '0.00001'],
                ['id' => 3, 'number' => 0, 'text' => '', 'money' => '-1234567890.12345'],
                ['id' => 4, 'number' => PHP_INT_MAX, 'text' => "O'Hara \"x\" \\ % _ \u{1F600}", 'money' => '19.90000'],
            ],
            $rows = $this->sql->fetchAll('SELECT * FROM #__bound ORDER BY id'),
        );
        self::assertSame(['-1234567890.12345', '19.90000'], [$rows[2]['money'], $rows[3]['money']]);
        self::assertSame([null, 4], [
            $this->sql->fetchValue('SELECT text FROM #__bound WHERE id = ?', [1]),
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__bound'),
        ]);
        self::assertSame([null, null, []], [
            $this->sql->fetchValue('SELECT 1 FROM #__bound WHERE id = 9'),
            $this->sql->fetchOne('SELECT 1 FROM #__bound WHERE id = 9'),
            $this->sql->fetchColumn('SELECT 1 FROM #__bound WHERE id = 9'),
        ]);
        self::assertCount(
            1,
            $this->sql->fetchAll('SELECT id FROM #__bound WHERE number IS NULL AND id = ?', ['1']),
            'A number may be bound as text.',
        );
    }

    #[TestDox('Question marks, colons, prefixes and quotes inside a value are text')]
    public function test_values_are_never_read_as_sql(): void
    {
        foreach (['who? :name #__bound', "' OR 1 = 1 -- ?", ':a', '?', '#__'] as $i => $text) {
            $this->sql->execute('INSERT INTO #__bound (id, text) VALUES (?, ?)', [$i, $text]);
            self::assertSame($text, $this->sql->fetchValue('SELECT text FROM #__bound WHERE id = ? AND text = ?', [
                $i,
                $text,
            ]));
        }
    }

    #[TestDox('The prefix is replaced by the site\'s, everywhere in a statement')]
    public function test_prefix(): void
    {
        $this->sql->execute('INSERT INTO #__bound (id, text) VALUES (1, ?)', ['one']);
        $this->sql->execute(
            'INSERT INTO `#__bound` (id, text) SELECT a.id + 1, ? FROM #__bound a
            JOIN `#__bound` b ON b.id = a.id',
            [
                'two',
            ],
        );
        self::assertSame(['one', 'two'], $this->sql->fetchColumn('SELECT text FROM #__bound ORDER BY id'));
        self::assertSame(2, (int) $this->db->connect()->fetchValue("SELECT COUNT(*) FROM {$this->db->prefix}bound"));
    }

    public function test_only_changed_rows_are_counted(): void
    {
        $this->sql->execute('INSERT INTO #__bound (id, number) VALUES (1, 1), (2, 2)');
        self::assertSame([2, 1, 0, 1], [
            $this->sql->execute('UPDATE #__bound SET number = number + 1'),
            $this->sql->execute('UPDATE #__bound SET number = 2'),
            $this->sql->execute('UPDATE #__bound SET number = ? WHERE id = ?', [7, 9]),
            $this->sql->execute('DELETE FROM #__bound WHERE id = ?', [1]),
        ]);
    }

    #[TestDox('A transaction after a failed one, and a refused part of another that continues')]
    public function test_after_a_failed_transaction_the_next_works(): void
    {
        $add = fn (int $id): int => $this->sql->execute('INSERT INTO #__bound (id) VALUES (?)', [$id]);

        foreach ([
            TestConnection::configured()->refusal() => static fn (): int => $add(1) + $add(1),
            \DomainException::class                 => static function () use ($add): never {
                $add(2);

                throw new \DomainException('stop');
            },
        ] as $class => $work) {
            try {
                $this->sql->transaction($work);
                self::fail('It was committed.');
            } catch (\Throwable $e) {
                self::assertInstanceOf($class, $e);
            }

            self::assertFalse($this->sql->inTransaction());
        }

        $this->sql->transaction(function () use ($add): void {
            $add(3);

            try {
                $this->sql->transaction(static fn () => $add(4));
                self::fail('A transaction began inside another.');
            } catch (\LogicException) {
                self::assertTrue($this->sql->inTransaction());
            }

            $add(5);
        });
        self::assertEquals([3, 5], $this->db->connect()->fetchColumn('SELECT id FROM #__bound ORDER BY id'));
    }

    #[TestDox('The database\'s clock neither jumps nor stops at a change to or from summer time, in any time zone')]
    public function test_clock(): void
    {
        foreach ([
            1743292800,
            1743296399,
            1743296400,
            1761436799,
            1761436800,
            1761440399,
            1761440400,
            1761444000,
        ] as $second) {
            $this->sql->execute("SET timestamp = $second.25");
            self::assertSame(
                ($second * 1000) + 250,
                (int) $this->sql->fetchValue('SELECT ' . $this->sql->dialect()->milliseconds()),
                gmdate('c', $second),
            );
        }

        $this->sql->execute('SET timestamp = DEFAULT');
        self::assertEqualsWithDelta(
            microtime(true) * 1000,
            (float) $this->sql->fetchValue('SELECT ' . $this->sql->dialect()->milliseconds()),
            60_000,
        );
    }

    /** @return iterable<string, array{bool}> */
    public static function losers(): iterable
    {
        yield 'this one loses' => [true];
        yield 'the other one loses' => [false];
    }

    #[DataProvider('losers')]
    #[TestDox(
        'When two transactions lock the same rows in opposite order the loser is retried, and both succeed: $_dataName',
    )]
    public function test_deadlock(bool $here): void
    {
        $this->sql->execute('INSERT INTO #__bound (id, number) VALUES (1, 0), (2, 0)');

        // The database rolls back the one that has written less.
        $write = static function (Sql $sql, int $own, bool $light): void {
            for ($i = 0; !$light && $i < 60; $i++) {
                $sql->execute('INSERT INTO #__bound (id) VALUES (?)', [($own * 100) + $i]);
            }

            $sql->execute('UPDATE #__bound SET number = number + 1 WHERE id = ?', [$own]);
        };
        $cross = static fn (
            Sql $sql,
            int $other,
        ): int => $sql->execute('UPDATE #__bound SET number = number + 10 WHERE id = ?', [$other]);
        $child = Child::fork(function (Child $self) use ($write, $cross, $here): int {
            $sql = $this->db->connect();
            /** @var int $tries */
            $tries = 0;
            $sql->transaction(static function () use ($sql, $self, $write, $cross, $here, &$tries): void {
                $write($sql, 2, !$here);

                if (++$tries === 1) {
                    $self->pause();
                }

                $cross($sql, 1);
            });

            return $tries;
        });
        /** @var int $tries */
        $tries = 0;
        $this->sql->transaction(function () use ($child, $write, $cross, $here, &$tries): void {
            $write($this->sql, 1, $here);

            if (++$tries === 1) {
                $child->awaitPause();
                $child->resume();
            }

            $cross($this->sql, 2);
        });

        self::assertSame($here ? [2, 1] : [1, 2], [$tries, $child->value()]);
        self::assertEquals([11, 11], $this->sql->fetchColumn('SELECT number FROM #__bound WHERE id < 3'));
        self::assertSame(62, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__bound'));
    }

    #[TestDox('A lock wait that times out is retried')]
    public function test_lock_timeout(): void
    {
        $this->sql->execute('INSERT INTO #__bound (id, number) VALUES (1, 0)');
        $this->sql->execute('SET SESSION innodb_lock_wait_timeout = 1');
        $child = Child::fork(function (Child $self): void {
            $sql = $this->db->connect();
            $sql->transaction(static function () use ($sql, $self): void {
                $sql->execute('UPDATE #__bound SET number = number + 1');
                $self->pause();
                $self->pause();
            });
        });
        $child->awaitPause();
        $child->resume();
        $child->awaitPause();
        /** @var int $tries */
        $tries = 0;
        $this->sql->transaction(function () use ($child, &$tries): void {
            if (++$tries === 2) {
                $child->resume();
            }

            $this->sql->execute('UPDATE #__bound SET number = number + 10');
        });
        $child->value();
        self::assertSame([true, 11], [$tries > 1, (int) $this->sql->fetchValue('SELECT number FROM #__bound')]);
    }

    /** @return iterable<string, array{int}> */
    public static function losses(): iterable
    {
        yield 'before further statements' => [8];
        yield 'before its commit' => [0];
    }

    #[DataProvider('losses')]
    #[TestDox('When the connection is lost within a transaction, none of it remains after a reconnect: $_dataName')]
    public function test_lost_connection(int $more): void
    {
        $other  = $this->db->connect();
        $thrown = null;

        try {
            $this->sql->transaction(function () use ($other, $more): void {
                $this->sql->execute('INSERT INTO #__bound (id) VALUES (1)');
                $other->execute('KILL ' . (int) $this->sql->fetchValue('SELECT CONNECTION_ID()'));

                for ($id = 2; $id < (2 + $more); $id++) {
                    $this->sql->execute('INSERT INTO #__bound (id) VALUES (?)', [$id]);
                }
            });
        } catch (\Throwable $e) {
            $thrown = $e;
        }

        self::assertNotNull($thrown);
        self::assertFalse($this->sql->inTransaction());
        self::assertSame([], $other->fetchColumn('SELECT id FROM #__bound'));
    }
}
