<?php

/**
 * Prints the reflection data of every class in the namespace CloverSync, as JSON.
 *
 * With a folder of stubs as argument, the stubs are loaded first: run it so without the extension, and without an
 * argument with it.
 */

declare(strict_types=1);

if (isset($argv[1])) {
    // Parents first: there is no autoloader for the stubs.
    require $argv[1] . '/Exception/CloverException.php';
    require $argv[1] . '/Exception/UnavailableException.php';

    foreach ([...(glob($argv[1] . '/*.php') ?: []), ...(glob($argv[1] . '/Exception/*.php') ?: [])] as $file) {
        require_once $file;
    }
}

$type = static fn (?ReflectionType $type, string $class): string => str_replace(
    ['self', 'static'],
    $class,
    (string) $type,
);

$described = [];

foreach ([...get_declared_classes(), ...get_declared_interfaces()] as $name) {
    if (!str_starts_with($name, 'CloverSync\\') || str_starts_with($name, 'CloverSync\\Shop')) {
        continue;
    }

    $class      = new ReflectionClass($name);
    $methods    = [];
    $properties = [];

    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() !== $name) {
            continue;
        }

        $parameters = [];

        foreach ($method->getParameters() as $parameter) {
            $parameters[] =
                $type($parameter->getType(), $name)
                . ' $'
                . $parameter->getName()
                . ($parameter->isDefaultValueAvailable() ? ' = ' . var_export($parameter->getDefaultValue(), true) : '')
                . ($parameter->getAttributes(SensitiveParameter::class) === [] ? '' : ' #[SensitiveParameter]');
        }

        $methods[$method->getName()] =
            implode(' ', Reflection::getModifierNames($method->getModifiers()))
            . ' ('
            . implode(', ', $parameters)
            . '): '
            . $type($method->getReturnType(), $name);
    }

    foreach ($class->getProperties() as $property) {
        // The properties of an exception are not public; its getters are.
        if ($property->getDeclaringClass()->getName() === $name && $property->isPublic() && !$class->isEnum()) {
            $properties[$property->getName()] =
                ($property->isReadOnly() ? 'readonly ' : '') . (string) $property->getType();
        }
    }

    ksort($methods);
    $parent     = $class->getParentClass();
    $interfaces = array_diff($class->getInterfaceNames(), $parent === false ? [] : $parent->getInterfaceNames());
    sort($interfaces);
    $described[$name] = [
        'kind' => $class->isInterface() ? 'interface' : ($class->isEnum() ? 'enum' : 'class'),
        // An enum cannot be extended anyway, and only PHP's own enums set this flag.
        'final'      => $class->isFinal() || $class->isEnum(),
        'readonly'   => $class->isReadOnly(),
        'parent'     => $parent === false ? null : $parent->getName(),
        'interfaces' => $interfaces,
        'cases'      => $class->isEnum()
            ? array_map(static fn (ReflectionEnumUnitCase $case): array => [
                $case->getName(),
                $case instanceof ReflectionEnumBackedCase ? $case->getBackingValue() : null,
            ], (new ReflectionEnum($name))->getCases())
            : [],
        'constants'  => $class->isEnum() ? [] : $class->getConstants(),
        'properties' => $properties,
        'methods'    => $methods,
    ];
}

ksort($described);

echo json_encode($described, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
