<?php

/**
 * Writes the classes of the extension anew as PHP classes over the helper program, from stubs/.
 *
 *   php scripts/engine-classes.php          writes php-plugin/lib/src/Engine/Classes
 *   php scripts/engine-classes.php --check  exit code 1 when a file there is not what it would write
 *
 * Needs a PHP without the extension: `php -n`. `PageIterator` is written by hand: it keeps a page between calls.
 */

declare(strict_types=1);

namespace CloverSync\EngineClasses;

const STUBS = __DIR__ . '/../stubs';

const CLASSES = __DIR__ . '/../php-plugin/lib/src/Engine/Classes';

const BY_HAND = ['PageIterator'];

const HEAD = "<?php\n\n/* Written by scripts/engine-classes.php from stubs/. */\n\ndeclare(strict_types=1);\n\n";

const GUARD = "\\defined('_JEXEC') or die();\n";

/** Parameters of a constructor that are called back, not sent. */
const CALLBACKS = ['CloverSync\\TokenStore', 'callable', 'CloverSync\\RateLimiter'];

spl_autoload_register(static function (string $class): void {
    $file = STUBS . '/' . str_replace('\\', '/', substr($class, \strlen('CloverSync\\'))) . '.php';

    if (str_starts_with($class, 'CloverSync\\') && is_file($file)) {
        require $file;
    }
});

/** How the JSON of a value becomes the value: PHP code over the code of the JSON. */
function hydrate(string $json, ?\ReflectionType $type, string $doc, string $parent): string
{
    $name = $type instanceof \ReflectionNamedType ? $type->getName() : 'mixed';
    $null = $type !== null && $type->allowsNull() ? "$json === null ? null : " : '';

    if (enum_exists($name)) {
        return $null . short($name) . "::from($json)";
    }

    if (class_exists($name)) {
        return is_value($name)
            ? $null . short($name) . "::fromRow($json)"
            : $null . 'Handle::wrap(' . short($name) . "::class, $json, $parent)";
    }

    return $name === 'array' ? hydrate_array($json, $doc) : $json;
}

/** Of lists of value objects, and of rows with enums; what its docblock says decides. */
function hydrate_array(string $json, string $doc): string
{
    $code = converter(shape($doc));

    return $code === null ? $json : "($code)($json)";
}

/** A type of a docblock. */
final readonly class Shape
{
    /**
     * @param ?self               $of     Type of a list's values
     * @param array<string, self> $fields Types of an array's fields
     */
    public function __construct(
        public string $name,
        public bool $null,
        public ?self $of,
        public array $fields,
    ) {
    }
}

function shape(string $doc): Shape
{
    $text = preg_replace('/\s*\n\s*\*\s*/', ' ', $doc);
    $at   = 0;

    return type_at((string) $text, $at);
}

function type_at(string $text, int &$at): Shape
{
    $null = ($text[$at] ?? '') === '?';
    $at   += (int) $null;
    preg_match('/[\w\\|\\-]*/', $text, $match, 0, $at);
    [$name, $of, $fields] = [$match[0] ?? '', null, []];
    $at += \strlen($name);

    if (($text[$at] ?? '') === '<') {
        do {
            $at += 1 + strspn($text, ' ', $at + 1);
            $of = type_at($text, $at);
        } while (($text[$at] ?? '') === ',');

        $at++;
    }

    if (($text[$at] ?? '') === '{') {
        do {
            $at += 1 + strspn($text, ' ', $at + 1);

            if (preg_match('/\G(\w+)\??:\s*/', $text, $match, 0, $at) !== 1) {
                $at = (int) strpos($text, '}', $at);

                break;
            }

            $at                += \strlen($match[0]);
            $fields[$match[1]] = type_at($text, $at);
        } while (($text[$at] ?? '') === ',');

        $at++;
    }

    // The other types of a union are scalars.
    while (preg_match('/\G\|[\w<>]+/', $text, $match, 0, $at) === 1) {
        $at += \strlen($match[0]);
    }

    return new Shape($name, $null, $of, $fields);
}

/** @return ?string Code of a function from the JSON to the value; null when they are the same */
function converter(Shape $type): ?string
{
    $class = "CloverSync\\$type->name";
    $null  = $type->null ? '$v === null ? null : ' : '';

    if (enum_exists($class)) {
        return $null === '' ? "$type->name::from(...)" : "static fn (\$v) => $null$type->name::from(\$v)";
    }

    if (class_exists($class)) {
        return $null === '' ? "$type->name::fromRow(...)" : "static fn (\$v) => $null$type->name::fromRow(\$v)";
    }

    if ($type->of !== null) {
        $each = converter($type->of);

        return $each === null ? null : "static fn (array \$list): array => array_map($each, \$list)";
    }

    $fields = [];

    foreach ($type->fields as $name => $field) {
        $each = converter($field);

        if ($each !== null) {
            $fields[] = "'$name' => ($each)(\$row['$name'])";
        }
    }

    // The fields keep their places.
    return $fields === []
        ? null
        : 'static fn (array $row): array => array_replace($row, [' . implode(', ', $fields) . '])';
}

/** @param class-string $class */
function is_value(string $class): bool
{
    return (new \ReflectionClass($class))->isReadOnly();
}

function short(string $class): string
{
    return substr((string) strrchr('\\' . $class, '\\'), 1);
}

/** What a `@return` or `@var` says, to the next tag. */
function tag(string|false $doc, string $tag): string
{
    return $doc !== false && preg_match("/@$tag\\s+((?:(?!\\n\\s*\\*\\s*@).)*)/s", $doc, $match) === 1 ? $match[1] : '';
}

/** The source between two lines of a stub, as it is written there. */
function source(\ReflectionFunctionAbstract|\ReflectionClass|\ReflectionProperty $of, int $from, int $to): string
{
    $file  = $of instanceof \ReflectionProperty ? $of->getDeclaringClass()->getFileName() : $of->getFileName();
    $lines = file((string) $file) ?: [];

    return implode('', \array_slice($lines, $from - 1, $to - $from + 1));
}

/** A method's docblock and signature as the stub has them, then its new body. */
function method(\ReflectionMethod $method, string $body): string
{
    $source    = source($method, (int) $method->getStartLine(), (int) $method->getEndLine());
    $signature = substr($source, 0, (int) strrpos($source, '{'));
    $doc       = $method->getDocComment() === false ? '' : "    {$method->getDocComment()}\n";
    $body      = preg_replace('/^(?=.)/m', '        ', $body);

    return "$doc$signature{\n$body\n    }\n";
}

function arguments(\ReflectionMethod $method): string
{
    $names = array_map(static fn (\ReflectionParameter $p): string => '$' . $p->getName(), $method->getParameters());

    return '[' . implode(', ', $names) . ']';
}

function constructor(\ReflectionMethod $constructor): string
{
    $class = short($constructor->class);
    $sent  = $called = [];

    foreach ($constructor->getParameters() as $parameter) {
        $type = $parameter->getType();
        $name = $type instanceof \ReflectionNamedType ? $type->getName() : '';

        if (\in_array($name, CALLBACKS, true)) {
            $called[] = $name === 'callable'
                ? "\${$parameter->getName()} === null ? null : \${$parameter->getName()}(...)"
                : "\${$parameter->getName()}";
        } else {
            $sent[] = "\${$parameter->getName()}";
        }
    }

    $sent = '[' . implode(', ', $sent) . ']';

    return method($constructor, match (true) {
        $called !== [] => "Handle::bind(\$this, '$class', $sent, new Callbacks(" . implode(', ', $called) . '));',
        throws_in_constructor($constructor) => "Handle::create(\$this, '$class', $sent);",
        default                             => "Handle::bind(\$this, '$class', $sent);",
    });
}

function throws_in_constructor(\ReflectionMethod $constructor): bool
{
    return str_contains((string) $constructor->getDocComment(), '@throws');
}

function call(\ReflectionMethod $method): string
{
    $class = short($method->class);
    $call  = $method->isStatic()
        ? "Handle::callStatic('$class.{$method->getName()}', " . arguments($method) . ')'
        : "Handle::call(\$this, '{$method->getName()}', " . arguments($method) . ')';
    $type = $method->getReturnType();

    if ($type instanceof \ReflectionNamedType && $type->getName() === 'void') {
        return method($method, "$call;");
    }

    $parent = $method->isStatic() ? 'null' : '$this';
    // PHP 8.5 resolves self.
    $type = $type instanceof \ReflectionNamedType && \in_array($type->getName(), ['self', $method->class], true)
        ? $method->getDeclaringClass()
        : $type;

    if ($type instanceof \ReflectionClass) {
        $maker = "'$class.{$method->getName()}', " . arguments($method);

        return method($method, "return self::filled($call, $parent, $maker);");
    }

    // Bytes may come back.
    if ($type instanceof \ReflectionNamedType && $type->getName() === 'string' && !$type->allowsNull()) {
        return method($method, "return Wire::bytes($call);");
    }

    if ($type instanceof \ReflectionNamedType && $type->allowsNull()) {
        return method(
            $method,
            "\$answer = $call;\n\nreturn "
            . hydrate('$answer', $type, tag($method->getDocComment(), 'return'), $parent)
            . ';',
        );
    }

    return method($method, 'return ' . hydrate($call, $type, tag($method->getDocComment(), 'return'), $parent) . ';');
}

function property(\ReflectionProperty $property): string
{
    $doc  = $property->getDocComment() === false ? '' : "    {$property->getDocComment()}\n";
    $type = $property->getType();
    $name = (string) $type;
    $name = str_contains($name, '\\') ? str_replace('CloverSync\\', '', $name) : $name;

    $readonly = $property->getDeclaringClass()->isReadOnly() || !$property->isReadOnly() ? '' : 'readonly ';

    return "{$doc}    public $readonly$name \${$property->getName()};\n";
}

/** Readonly data: positional rows. */
function value_class(\ReflectionClass $class): string
{
    $parts = array_map(property(...), $class->getProperties());
    $lines = '';

    foreach ($class->getProperties() as $i => $property) {
        $lines .=
            "\$self->{$property->getName()} = "
            . hydrate("\$row[$i]", $property->getType(), tag($property->getDocComment(), 'var'), 'null')
            . ";\n";
    }

    $lines   = preg_replace('/^(?=.)/m', '        ', "\$self = new self();\n$lines");
    $parts[] = "    private function __construct()\n    {\n    }\n";
    $parts[] = "    /**\n     * @internal\n     *\n"
    . "     * @param list<mixed> \$row The properties' values, in their order\n     */\n"
    . "    public static function fromRow(#[\SensitiveParameter] array \$row): self\n"
    . "    {\n$lines\n        return \$self;\n    }\n";

    return implode("\n", $parts);
}

/** Makes an object with properties. */
function filled(\ReflectionClass $class): string
{
    $lines =
        "\$self = Handle::wrap(self::class, \$made, \$parent, \$maker, \$arguments);\n"
        . "\$row  = \$made->properties;\n";

    foreach ($class->getProperties() as $i => $property) {
        $lines .=
            "\$self->{$property->getName()} = "
            . hydrate("\$row[$i]", $property->getType(), tag($property->getDocComment(), 'var'), 'null')
            . ";\n";
    }

    $lines = preg_replace('/^(?=.)/m', '        ', $lines);

    return (
        "    /** @param list<mixed> \$arguments */\n"
        . "    private static function filled(\n        Made \$made,\n        ?object \$parent,\n"
        . "        string \$maker,\n"
        . "        #[\SensitiveParameter] array \$arguments,\n    ): self {\n$lines\n        return \$self;\n    }\n"
    );
}

/** Objects of the helper's. */
function remote_class(\ReflectionClass $class): string
{
    $parts = [];

    foreach ($class->getReflectionConstants() as $constant) {
        $doc     = $constant->getDocComment() === false ? '' : "    {$constant->getDocComment()}\n";
        $parts[] = "{$doc}    public const {$constant->getName()} = " . var_export($constant->getValue(), true) . ";\n";
    }

    foreach ($class->getProperties() as $property) {
        $parts[] = property($property);
    }

    foreach ($class->getMethods() as $method) {
        $parts[] = match (true) {
            $method->isConstructor() && $method->isPrivate() => "    private function __construct()\n    {\n    }\n",
            $method->isConstructor() => constructor($method),
            default => call($method),
        };
    }

    if ($class->getProperties() !== []) {
        $parts[] = filled($class);
    }

    $parts[] = "    private function __clone()\n    {\n    }\n";
    $parts[] = "    public function __serialize(): array\n    {\n"
    . "        throw new \\Exception('Serialization of \\'' . self::class . '\\' is not allowed');\n    }\n";

    return implode("\n", $parts);
}

/** Exceptions carry data, which CloverSync\Shop\Engine\Failure sets. */
function exception_class(\ReflectionClass $class): string
{
    $properties = $methods = [];

    foreach ($class->getMethods() as $method) {
        if ($method->class !== $class->getName()) {
            continue;
        }

        $name    = lcfirst(substr($method->getName(), 3));
        $type    = (string) $method->getReturnType();
        $isEnum  = enum_exists($type);
        $isValue = class_exists(ltrim($type, '?'));
        $default = match (true) {
            $isEnum, str_starts_with($type, '?') => 'null',
            default                              => ['string' => "''", 'int' => '0', 'array' => '[]'][$type],
        };
        $stored = match (true) {
            $isEnum  => '?string',
            $isValue => '?array',
            default  => $type,
        };
        $properties[] = "    protected $stored \$$name = $default;\n";
        $methods[]    = method(
            $method,
            'return '
            . (
                $isEnum
                    ? short($type) . "::from(\$this->$name ?? throw new \\Error('\$$name is not set'));"
                    : hydrate(
                        "\$this->$name",
                        $method->getReturnType(),
                        tag($method->getDocComment(), 'return'),
                        'null',
                    ) . ';'
            ),
        );
    }

    return implode("\n", [...$properties, ...$methods]);
}

/** @return string Everything from the docblock to the opening brace, as the stub has it */
function head(\ReflectionClass $class): string
{
    $text  = (string) file_get_contents((string) $class->getFileName());
    $start = (int) strpos($text, 'namespace ');
    $brace = (int) strpos($text, "\n{", $start);

    return substr($text, $start, $brace - $start + 1);
}

function write(\ReflectionClass $class): string
{
    if ($class->isEnum() || $class->isInterface()) {
        $text = (string) file_get_contents((string) $class->getFileName());

        return HEAD . with_guard(substr($text, (int) strpos($text, 'namespace ')));
    }

    $head = head($class);
    $body = match (true) {
        $class->isSubclassOf(\Throwable::class) => exception_class($class),
        is_value($class->getName()) => value_class($class),
        default => remote_class($class),
    };
    // Properties cannot be added to an object of the extension either.
    $head = $class->isSubclassOf(\Throwable::class)
        ? $head
        : str_replace("\nfinal class ", "\nfinal readonly class ", $head);
    $uses = array_filter(
        ['Callbacks', 'Handle', 'Made', 'Wire'],
        static fn (string $name): bool => preg_match("/\\b$name\\b/", $body) === 1,
    );
    $uses = implode('', array_map(static fn (string $name): string => "use CloverSync\\Shop\\Engine\\$name;\n", $uses));

    return HEAD . with_guard($head, $uses) . "{\n" . ($body === '' ? '' : rtrim($body) . "\n") . "}\n";
}

/** The namespace comes first, then the guard, then what is used. */
function with_guard(string $source, string $uses = ''): string
{
    [$namespace, $rest] = explode("\n", $source, 2);
    $rest = ltrim($rest, "\n");

    return (
        "$namespace\n\n"
        . GUARD
        . "\n"
        . ($uses === '' ? '' : $uses . (str_starts_with($rest, 'use ') ? '' : "\n"))
        . $rest
    );
}

(static function (bool $check): void {
    $wrong = [];

    foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(
        STUBS,
        \FilesystemIterator::SKIP_DOTS,
    )) as $file) {
        $name  = substr((string) $file, \strlen(STUBS) + 1, -\strlen('.php'));
        $class = 'CloverSync\\' . str_replace('/', '\\', $name);
        $path  = CLASSES . "/$name.php";

        if (\in_array($name, BY_HAND, true)) {
            continue;
        }

        if (!class_exists($class) && !interface_exists($class)) {
            throw new \LogicException("stubs/$name.php has no $class.");
        }

        $source = write(new \ReflectionClass($class));

        if ($check && (!is_file($path) || file_get_contents($path) !== $source)) {
            $wrong[] = $path;
        } elseif (!$check) {
            is_dir(\dirname($path)) || mkdir(\dirname($path), recursive: true);
            file_put_contents($path, $source);
        }
    }

    if ($wrong !== []) {
        fwrite(
            STDERR,
            "Run scripts/engine-classes.php: these are not what stubs/ says.\n" . implode("\n", $wrong) . "\n",
        );
        exit(1);
    }
})(($argv[1] ?? '') === '--check');
