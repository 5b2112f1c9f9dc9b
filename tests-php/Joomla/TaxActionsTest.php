<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Settings;
use CloverSync\Tests\Support\CloverSiteTestCase;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\Json;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\TaxActions;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\TestDox;

/** The tax profiles that the settings propose for Clover's rates. */
final class TaxActionsTest extends CloverSiteTestCase
{
    #[TestDox('Rates whose names the settings count as the same are proposed by their ids, so that all can be saved')]
    public function test_names_that_are_the_same(): void
    {
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
        $factory = $this->connect();
        $token   = $this->clover->apiToken();

        foreach (['City Tax', 'city tax', 'Çity Tax', 'County Tax'] as $i => $name) {
            $this->clover->ask($token, 'POST', 'tax_rates', ['name' => $name, 'rate' => 100_000 * ($i + 1)]);
        }

        $answer = (new TaxActions($factory))->actions()['tax.rates'](new Input());
        $rates  = array_map(Json::object(...), Json::list($answer['rates']));
        $labels = array_map(Json::string(...), array_column($rates, 'label'));
        $keys   = array_map(Json::string(...), array_column($rates, 'rate'));
        self::assertContains('County Tax', $keys);
        $byId = array_diff($keys, $labels);
        self::assertCount(3, $byId);

        foreach ($byId as $i => $id) {
            self::assertContains($labels[$i], ["City Tax ($id)", "city tax ($id)", "Çity Tax ($id)"]);
        }

        $rows = array_map(static fn (string $rate): array => ['rate' => $rate, 'profile' => '1'], $keys);
        self::assertCount(\count($keys), Settings::fromArray(['tax_mapping' => $rows])->taxMapping);
    }
}
