<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Support\Platform;

/**
 * The helper's object that stands for an object of PHP. It is made at its first use. A helper that follows one that
 * ended makes it again from the same arguments, unless it is a response of Clover.
 *
 * One helper has all objects of a call: {@see HelperProcess::get()} is asked once for each call, because a destructor
 * or a signal handler may find in between that the helper has ended.
 */
final class Handle
{
    /** @var ?\WeakMap<object, self> */
    private static ?\WeakMap $all = null;

    private ?int $number = null;

    private int $generation = 0;

    /** Whose it is. */
    private readonly int $process;

    /**
     * @param string                   $class     Its methods begin with it
     * @param ?string                  $maker     The method that makes it; null for an answer of Clover's
     * @param \SensitiveParameterValue $arguments Of that method
     * @param ?object                  $parent    Whose method it is. It is kept, since it may own what is called back
     */
    private function __construct(
        private readonly string $class,
        private readonly ?string $maker,
        private readonly \SensitiveParameterValue $arguments,
        private readonly ?object $parent,
        private readonly ?Callbacks $callbacks,
    ) {
        $this->process = Platform::processId();
    }

    public function __destruct()
    {
        if ($this->number !== null) {
            HelperProcess::drop($this->number, $this->generation);
        }
    }

    /**
     * In a constructor.
     *
     * @param list<scalar|object|array|null> $arguments
     */
    public static function bind(
        object $object,
        string $class,
        #[\SensitiveParameter]
        array $arguments,
        ?Callbacks $callbacks = null,
    ): void {
        $arguments           = new \SensitiveParameterValue($arguments);
        self::all()[$object] = new self($class, "$class.new", $arguments, null, $callbacks);
    }

    /**
     * The same, when the constructor checks its arguments.
     *
     * @param list<scalar|object|array|null> $arguments
     *
     * @throws CloverException
     */
    public static function create(object $object, string $class, #[\SensitiveParameter] array $arguments): void
    {
        self::bind($object, $class, $arguments);
        self::of($object)->number(HelperProcess::get());
    }

    /**
     * The object that a method has answered with.
     *
     * @template T of object
     *
     * @param class-string<T>                $class
     * @param ?object                        $parent    Whose method it was
     * @param ?string                        $maker     The method, when it may be called again after the helper has
     *   ended
     * @param list<scalar|object|array|null> $arguments
     *
     * @return T
     */
    public static function wrap(
        string $class,
        Made $made,
        ?object $parent,
        ?string $maker = null,
        #[\SensitiveParameter]
        array $arguments = [],
    ): object {
        $object              = (new \ReflectionClass($class))->newInstanceWithoutConstructor();
        $name                = substr($class, \strlen('CloverSync\\'));
        $handle              = new self($name, $maker, new \SensitiveParameterValue($arguments), $parent, null);
        $handle->number      = $made->number;
        $handle->generation  = $made->generation;
        self::all()[$object] = $handle;

        return $object;
    }

    /**
     * @param list<scalar|object|array|null> $arguments
     *
     * @return bool|int|string|array|Made|null
     *
     * @throws CloverException
     */
    public static function call(
        object $object,
        string $method,
        #[\SensitiveParameter]
        array $arguments,
    ): bool|int|string|array|Made|null {
        $handle = self::of($object);
        $helper = HelperProcess::get();

        return $helper->call("$handle->class.$method", $handle->number($helper), self::encode($arguments, $helper));
    }

    /**
     * A static method.
     *
     * @param list<scalar|object|array|null> $arguments
     *
     * @return bool|int|string|array|Made|null
     *
     * @throws CloverException
     */
    public static function callStatic(
        string $method,
        #[\SensitiveParameter]
        array $arguments,
    ): bool|int|string|array|Made|null {
        $helper = HelperProcess::get();

        return $helper->call($method, null, self::encode($arguments, $helper));
    }

    /**
     * For an object that reads ahead, which only the process that made it can do.
     *
     * @throws CloverException in a forked process
     */
    public static function requireOwner(object $object): void
    {
        if (self::of($object)->process !== Platform::processId()) {
            throw Failure::bug('a PageIterator cannot be used in a forked process: make one there');
        }
    }

    private static function of(object $object): self
    {
        return self::all()[$object] ?? throw new \Error($object::class . ' has not been initialized');
    }

    /** @return \WeakMap<object, self> */
    private static function all(): \WeakMap
    {
        return self::$all ??= new \WeakMap();
    }

    /**
     * @param list<scalar|object|array|null> $arguments
     *
     * @return list<scalar|object|array|null>
     */
    private static function encode(
        #[\SensitiveParameter]
        array $arguments,
        #[\SensitiveParameter]
        HelperProcess $helper,
    ): array {
        foreach ($arguments as $i => $argument) {
            if (\is_object($argument) && isset(self::all()[$argument])) {
                $arguments[$i] = ['$o' => self::of($argument)->number($helper)];
            }
        }

        return $arguments;
    }

    /** @throws CloverException */
    private function number(#[\SensitiveParameter] HelperProcess $helper): int
    {
        if ($this->number !== null && $this->generation === $helper->generation) {
            return $this->number;
        }

        if ($this->maker === null) {
            throw Failure::unavailable('The helper program that had this answer of Clover has ended.');
        }

        /** @var list<scalar|object|array|null> $arguments */
        $arguments        = $this->arguments->getValue();
        $arguments        = self::encode($arguments, $helper);
        $parent           = $this->parent === null ? null : self::of($this->parent)->number($helper);
        $this->number     = $helper->make($this->maker, $parent, $arguments, $this->callbacks);
        $this->generation = $helper->generation;

        return $this->number;
    }
}
