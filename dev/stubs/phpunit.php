<?php

/** Signatures of PHPUnit, as far as the tests name them. */

declare(strict_types=1);

namespace PHPUnit\Framework;

abstract class Assert
{
    final public static function assertSame(mixed $expected, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertNotSame(mixed $expected, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertEquals(mixed $expected, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertEqualsCanonicalizing(mixed $expected, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertEqualsWithDelta(
        mixed $expected,
        mixed $actual,
        float $delta,
        string $message = '',
    ): void {
    }

    final public static function assertStringContainsString(
        string $needle,
        string $haystack,
        string $message = '',
    ): void {
    }

    final public static function assertStringNotContainsString(
        string $needle,
        string $haystack,
        string $message = '',
    ): void {
    }

    final public static function assertStringStartsWith(string $prefix, string $string, string $message = ''): void
    {
    }

    final public static function assertStringEndsWith(string $suffix, string $string, string $message = ''): void
    {
    }

    final public static function assertMatchesRegularExpression(
        string $pattern,
        string $string,
        string $message = '',
    ): void {
    }

    final public static function assertDoesNotMatchRegularExpression(
        string $pattern,
        string $string,
        string $message = '',
    ): void {
    }

    /** @param \Countable|iterable<mixed> $haystack */
    final public static function assertCount(
        int $expectedCount,
        \Countable|iterable $haystack,
        string $message = '',
    ): void {
    }

    /** @param iterable<mixed> $haystack */
    final public static function assertContains(mixed $needle, iterable $haystack, string $message = ''): void
    {
    }

    /** @param iterable<mixed> $haystack */
    final public static function assertNotContains(mixed $needle, iterable $haystack, string $message = ''): void
    {
    }

    final public static function assertGreaterThan(mixed $minimum, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertGreaterThanOrEqual(mixed $minimum, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertLessThan(mixed $maximum, mixed $actual, string $message = ''): void
    {
    }

    final public static function assertLessThanOrEqual(mixed $maximum, mixed $actual, string $message = ''): void
    {
    }

    /** @param array<array-key, mixed>|\ArrayAccess<array-key, mixed> $array */
    final public static function assertArrayHasKey(mixed $key, array|\ArrayAccess $array, string $message = ''): void
    {
    }

    /** @param array<array-key, mixed>|\ArrayAccess<array-key, mixed> $array */
    final public static function assertArrayNotHasKey(mixed $key, array|\ArrayAccess $array, string $message = ''): void
    {
    }

    final public static function assertNotEmpty(mixed $actual, string $message = ''): void
    {
    }

    final public static function assertIsResource(mixed $actual, string $message = ''): void
    {
    }

    /** @assert true $condition */
    final public static function assertTrue(mixed $condition, string $message = ''): void
    {
    }

    /** @assert false $condition */
    final public static function assertFalse(mixed $condition, string $message = ''): void
    {
    }

    /** @assert null $actual */
    final public static function assertNull(mixed $actual, string $message = ''): void
    {
    }

    /** @assert !null $actual */
    final public static function assertNotNull(mixed $actual, string $message = ''): void
    {
    }

    /** @assert !false $condition */
    final public static function assertNotFalse(mixed $condition, string $message = ''): void
    {
    }

    /** @assert string $actual */
    final public static function assertIsString(mixed $actual, string $message = ''): void
    {
    }

    /** @assert array<array-key, mixed> $actual */
    final public static function assertIsArray(mixed $actual, string $message = ''): void
    {
    }

    /**
     * @template T of object
     *
     * @param class-string<T> $expected
     *
     * @assert T $actual
     */
    final public static function assertInstanceOf(string $expected, mixed $actual, string $message = ''): void
    {
    }

    /** @param class-string $expected */
    final public static function assertNotInstanceOf(string $expected, mixed $actual, string $message = ''): void
    {
    }

    final public static function fail(string $message = ''): never
    {
        throw new AssertionFailedError($message);
    }

    final public static function markTestSkipped(string $message = ''): never
    {
        throw new AssertionFailedError($message);
    }
}

class AssertionFailedError extends \Exception
{
}

final class ExpectationFailedException extends AssertionFailedError
{
    public function getComparisonFailure(): ?\SebastianBergmann\Comparator\ComparisonFailure
    {
        return null;
    }
}

abstract class TestCase extends Assert
{
    protected function setUp(): void
    {
    }

    protected function tearDown(): void
    {
    }

    final public function addToAssertionCount(int $count): void
    {
    }

    /** @param class-string<\Throwable> $exception */
    final protected function expectException(string $exception): void
    {
    }

    final protected function expectExceptionMessage(string $message): void
    {
    }

    final protected function expectExceptionMessageMatches(string $regularExpression): void
    {
    }

    final protected function expectNotToPerformAssertions(): void
    {
    }

    /**
     * @template T of object
     *
     * @param class-string<T> $type
     *
     * @return T
     */
    final protected function createStub(string $type): object
    {
        return new $type();
    }

    final public function name(): string
    {
        return '';
    }
}

namespace PHPUnit\Framework\Attributes;

#[\Attribute(\Attribute::TARGET_METHOD)]
final class After
{
}

#[\Attribute(\Attribute::TARGET_METHOD)]
final class BeforeClass
{
}

#[\Attribute(\Attribute::TARGET_METHOD | \Attribute::IS_REPEATABLE)]
final class DataProvider
{
    public function __construct(string $methodName)
    {
    }
}

#[\Attribute(\Attribute::TARGET_CLASS | \Attribute::TARGET_METHOD | \Attribute::IS_REPEATABLE)]
final class Group
{
    public function __construct(string $name)
    {
    }
}

#[\Attribute(\Attribute::TARGET_METHOD)]
final class Test
{
}

#[\Attribute(\Attribute::TARGET_CLASS | \Attribute::TARGET_METHOD)]
final class TestDox
{
    public function __construct(string $text)
    {
    }
}

#[\Attribute(\Attribute::TARGET_METHOD | \Attribute::IS_REPEATABLE)]
final class TestWith
{
    /** @param list<mixed> $data */
    public function __construct(array $data, ?string $name = null)
    {
    }
}

namespace SebastianBergmann\Comparator;

final class ComparisonFailure extends \RuntimeException
{
    public function getDiff(): string
    {
        return '';
    }
}
