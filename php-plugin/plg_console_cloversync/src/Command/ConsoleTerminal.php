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
use CloverSync\Shop\Console\Terminal;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** The outputs of Joomla's console. */
final readonly class ConsoleTerminal implements Terminal
{
    public const PREFIX = 'cloversync:';

    public function __construct(
        private OutputInterface $output,
    ) {
    }

    public function write(string $text): void
    {
        // Raw: names of products may contain what Symfony takes for its tags.
        $this->output->write($text, false, OutputInterface::OUTPUT_RAW);
    }

    public function writeError(string $text): void
    {
        $this->errors()->write($text, false, OutputInterface::OUTPUT_RAW);
    }

    public function canRedraw(): bool
    {
        return $this->errors()->isDecorated();
    }

    public function command(string $words): string
    {
        $name = explode(' ', $words)[0];

        return match (true) {
            CommandName::tryFrom($name) !== null => '“' . self::PREFIX . "{$words}”",
            $name === 'help' => '“list cloversync”',
            default => 'the Clover Dashboard',
        };
    }

    private function errors(): OutputInterface
    {
        return $this->output instanceof ConsoleOutputInterface ? $this->output->getErrorOutput() : $this->output;
    }
}
