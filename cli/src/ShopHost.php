<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\Host;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Messages\Message;
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
        $shop  = $this->storedShop();
        $given = $this->apiToken();

        if ($given !== null) {
            try {
                $this->useApiToken($shop, $given['merchant'], $given['token']);
            } catch (CloverException $e) {
                $this->console->warning(
                    'The API token of the settings cannot be used. ' . $this->console->words->text(Message::of($e)),
                );
            }
        }

        return $shop;
    }

    /** Connects with a token that is not the stored one. A copy of another shop is asked first, as always. */
    private function useApiToken(Services $shop, string $merchant, #[\SensitiveParameter] string $token): void
    {
        if (!$shop->guard->isMoved() && !$shop->connection->hasApiToken($merchant, $token)) {
            $this->warnOfAnotherMerchant($shop->connectionService()->connectWithApiToken($merchant, $token));
        }
    }

    /** @param ?string $before The previous merchant, when it was another one */
    public function warnOfAnotherMerchant(?string $before): void
    {
        if ($before !== null) {
            $this->console->warning(
                "This is a different merchant from the previous one ($before): products linked to that one stay "
                . 'unchanged, see “conflicts” after the next sync.',
            );
        }
    }

    /** @return ?array{merchant: string, token: string} Call it after {@see storedShop()} */
    public function apiToken(): ?array
    {
        return $this->config?->apiToken();
    }

    /** The shop with the connection that is stored, whatever API token the settings have. */
    public function storedShop(): Services
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
