<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_console_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Console\Cloversync\Command;

\defined('_JEXEC') or die();

use CloverSync\Shop\Console\CommandName;
use CloverSync\Shop\Console\CommandRunner;
use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\ExitCode;
use CloverSync\Shop\Console\Host;
use CloverSync\Shop\Console\Options;
use CloverSync\Shop\Console\UsageException;
use Joomla\Console\Command\AbstractCommand;
use Symfony\Component\Console\Exception\ExceptionInterface;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/** A command of the library as one of Joomla's console. */
final class ShopCommand extends AbstractCommand
{
    private const JSON = 'json';

    private ?Console $console = null;

    public function __construct(
        private readonly CommandName $command,
        private readonly Host $host,
    ) {
        // The parent calls configure().
        parent::__construct(ConsoleTerminal::PREFIX . $command->value);
    }

    protected function configure(): void
    {
        $usage = $this->command->usage();
        $this->setDescription($usage->summary);
        $this->addOption(self::JSON, '', InputOption::VALUE_NONE, 'print one JSON object a line, for programs');

        foreach ($usage->options as $option) {
            $this->addOption(
                $option->name,
                '',
                $option->value === null ? InputOption::VALUE_NONE : InputOption::VALUE_REQUIRED,
                $option->help,
            );
        }
    }

    public function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->console = new Console(new ConsoleTerminal($output), $input->hasParameterOption('--' . self::JSON, true));

        return (new CommandRunner($this->console))->run(function () use ($input, $output): ExitCode {
            try {
                return ExitCode::from(parent::execute($input, $output));
            } catch (ExceptionInterface $e) {
                // Symfony did not understand the options.
                throw new UsageException($e->getMessage());
            }
        })->value;
    }

    protected function doExecute(InputInterface $input, OutputInterface $output): int
    {
        $console = $this->console ?? throw new \LogicException('execute() comes first.');

        return $this->command->create($console, $this->host)->run($this->options($input))->value;
    }

    private function options(InputInterface $input): Options
    {
        $given = [];

        foreach ($this->command->usage()->options as $option) {
            $value = $input->getOption($option->name);

            if ($value === '') {
                throw new UsageException("--$option->name needs a value.");
            }

            if ($value === true || \is_string($value)) {
                $given[$option->name] = $value;
            }
        }

        return new Options($given);
    }
}
