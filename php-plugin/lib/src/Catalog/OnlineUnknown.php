<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/**
 * How many items the last sync run kept because Clover did not say whether they are sold online, while the settings
 * leave out those that are not.
 */
final readonly class OnlineUnknown
{
    /** Key of the number, with the run that counted. */
    private const NAME = 'online_unknown';

    public function __construct(
        private KeyValueStore $state,
    ) {
    }

    public function count(): int
    {
        return $this->read('count');
    }

    /** Adds the items of a page of a run. */
    public function add(int $run, int $count): void
    {
        if ($count > 0) {
            $known = $this->read('run') === $run ? $this->count() : 0;
            $this->state->setArray(self::NAME, ['run' => $run, 'count' => $known + $count]);
        }
    }

    /** Ends the count of a run. A run that counted nothing ends the count of the one before. */
    public function finish(int $run): ?Message
    {
        if ($this->read('run') === $run) {
            return self::message($this->count());
        }

        if ($this->state->get(self::NAME) !== null) {
            $this->state->delete(self::NAME);
        }

        return null;
    }

    /** Null for no items. */
    public static function message(int $count): ?Message
    {
        return $count === 0 ? null : new Message(MessageCode::OnlineUnknown, ['count' => $count]);
    }

    private function read(string $field): int
    {
        $value = $this->state->getArray(self::NAME)[$field] ?? 0;

        return \is_int($value) ? $value : 0;
    }
}
