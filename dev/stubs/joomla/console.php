<?php

/** Signatures of Joomla's console and of Symfony's, as far as the console plugin and its tests name them. */

declare(strict_types=1);

namespace Joomla\Application;

final class ApplicationEvents
{
    public const BEFORE_EXECUTE = 'application.before_execute';
}

abstract class AbstractApplication implements ConfigurationAwareApplicationInterface
{
}

namespace Joomla\Application\Event;

use Joomla\Application\AbstractApplication;
use Joomla\Event\Event;

class ApplicationEvent extends Event
{
    public function __construct(string $name, AbstractApplication $application)
    {
    }

    public function getApplication(): AbstractApplication
    {
        throw new \LogicException();
    }
}

namespace Joomla\Console\Command;

use Symfony\Component\Console\Input\InputDefinition;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

abstract class AbstractCommand
{
    public function __construct(?string $name = null)
    {
    }

    /**
     * @param string|array<string>|null $shortcut
     * @param string                    $description
     *
     * @return $this
     */
    public function addOption(
        string $name,
        $shortcut = null,
        ?int $mode = null,
        $description = '',
        mixed $default = null,
    ): self {
        return $this;
    }

    public function setDescription(string $description): void
    {
    }

    public function getDescription(): string
    {
        return '';
    }

    public function getDefinition(): InputDefinition
    {
        return new InputDefinition();
    }

    protected function configure(): void
    {
    }

    public function execute(InputInterface $input, OutputInterface $output): int
    {
        return $this->doExecute($input, $output);
    }

    abstract protected function doExecute(InputInterface $input, OutputInterface $output): int;
}

namespace Symfony\Component\Console\Exception;

interface ExceptionInterface extends \Throwable
{
}

namespace Symfony\Component\Console\Input;

interface InputInterface
{
    /** @param string|list<string> $values */
    public function hasParameterOption(string|array $values, bool $onlyParams = false): bool;

    public function getOption(string $name): mixed;
}

class ArrayInput implements InputInterface
{
    /** @param array<string, mixed> $parameters */
    public function __construct(array $parameters)
    {
    }

    public function hasParameterOption(string|array $values, bool $onlyParams = false): bool
    {
        return false;
    }

    public function getOption(string $name): mixed
    {
        return null;
    }
}

class InputDefinition
{
    /** @return array<string, InputOption> */
    public function getOptions(): array
    {
        return [];
    }
}

final class InputOption
{
    public const VALUE_NONE     = 1;
    public const VALUE_REQUIRED = 2;
}

namespace Symfony\Component\Console\Output;

interface OutputInterface
{
    public const OUTPUT_RAW = 2;

    /** @param string|iterable<string> $messages */
    public function write(string|iterable $messages, bool $newline = false, int $options = 0): void;

    public function isDecorated(): bool;
}

interface ConsoleOutputInterface extends OutputInterface
{
    public function getErrorOutput(): OutputInterface;
}

class BufferedOutput implements OutputInterface
{
    public function write(string|iterable $messages, bool $newline = false, int $options = 0): void
    {
    }

    public function isDecorated(): bool
    {
        return false;
    }

    public function fetch(): string
    {
        return '';
    }
}
