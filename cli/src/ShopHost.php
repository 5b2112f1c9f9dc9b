<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\Host;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Services;

/** The shop of `cloversync.json` and the variables. */
final class ShopHost implements Host
{
    private ?Config $config = null;

    public function __construct(
        private readonly Console $console,
        private readonly StandardTerminal $terminal,
    ) {
    }

    public function shop(): Services
    {
        $problem = MissingEngine::sentence(Engine::report());

        if ($problem !== null) {
            throw new ExtensionException($problem);
        }

        $this->config = Config::read();

        return $this->config->shop();
    }

    /** Asks for one on a terminal, else uses the category that Joomla's installer creates. */
    public function withDefaultCategory(Services $shop): Services
    {
        if ($shop->settings->defaultCategory !== 0 || !$shop->connection->status()->connected) {
            return $shop;
        }

        $fallback = ShopConfig::uncategorised($shop->sql);
        $names    = array_column(ShopConfig::categories($shop->sql), 'title', 'id');

        if ($this->terminal->canAsk()) {
            foreach ($names as $id => $title) {
                $this->console->line("  $id  $title");
            }

            $answer = $this->terminal->ask("Which category is for products that Clover keeps in none? [$fallback]");
            $chosen = isset($names[(int) $answer]) ? $answer : (string) $fallback;
        } else {
            $chosen = (string) $fallback;
            $this->console->warning(
                'No default_category is set: “' . ($names[(int) $fallback] ?? '') . "” ($fallback) is taken.",
            );
        }

        $shop->state->set('default_category', $chosen);

        return $shop->withDefaultCategory((int) $chosen);
    }

    public function productsChanged(Services $shop): void
    {
        // Nothing here keeps copies of products.
    }

    public function facts(): Facts
    {
        $engine = Engine::report();

        return new Facts($engine, MissingEngine::sentence($engine), hasAuthCode: $this->config?->has('webhook_secret'));
    }
}
