<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_privacy_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Privacy\Cloversync\Extension;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Sales\CustomerOrders;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Event\Privacy\CanRemoveDataEvent;
use Joomla\CMS\Event\Privacy\CollectCapabilitiesEvent;
use Joomla\CMS\Event\Privacy\ExportRequestEvent;
use Joomla\CMS\Event\Privacy\RemoveDataEvent;
use Joomla\CMS\Language\Text;
use Joomla\CMS\User\User;
use Joomla\Component\Privacy\Administrator\Export\Domain;
use Joomla\Component\Privacy\Administrator\Plugin\PrivacyPlugin;
use Joomla\Component\Privacy\Administrator\Removal\Status;
use Joomla\Component\Privacy\Administrator\Table\RequestTable;
use Joomla\Event\SubscriberInterface;

/**
 * Answers the requests of Joomla's Privacy component for what the Clover POS Integration keeps of a customer. An error
 * ends the request, so that it does not count as answered.
 */
final class Cloversync extends PrivacyPlugin implements SubscriberInterface
{
    private const PREFIX = 'PLG_PRIVACY_CLOVERSYNC_';

    /** Orders that a sentence names. */
    private const NAMED = 20;

    public static function getSubscribedEvents(): array
    {
        return [
            'onPrivacyCanRemoveData'            => 'onCanRemove',
            'onPrivacyRemoveData'               => 'onRemove',
            'onPrivacyExportRequest'            => 'onExport',
            'onPrivacyCollectAdminCapabilities' => 'onCapabilities',
        ];
    }

    public function onCanRemove(CanRemoveDataEvent $event): void
    {
        $underWay = $this->ordersOf($event->getRequest(), $event->getUser())->underWay();
        $status   = new Status();

        if ($underWay !== []) {
            // They would be sent with the customer's details right after the removal.
            $status->canRemove = false;
            $status->reason    = Text::sprintf(self::PREFIX . 'ON_THEIR_WAY', self::named($underWay));
        }

        $event->addResult($status);
    }

    public function onRemove(RemoveDataEvent $event): void
    {
        $orders = $this->ordersOf($event->getRequest(), $event->getUser());
        $orders->forget();
        $inClover = $orders->inClover();

        if ($inClover !== []) {
            $this->app()->enqueueMessage(
                Text::sprintf(self::PREFIX . 'ORDERS_IN_CLOVER', self::named($inClover)) . ' '
                    . Text::_(self::PREFIX . 'CLOVER_KEEPS'),
                'warning',
            );
        }
    }

    public function onExport(ExportRequestEvent $event): void
    {
        $orders  = $this->ordersOf($event->getRequest(), $event->getUser());
        $words   = SiteLocale::formatter();
        $domains = [
            $this->domain('clover_orders', $orders->pushes()),
            $this->domain('clover_units', $orders->units()),
            $this->domain('clover_order_events', $orders->events()),
            $this->domain('clover_messages', array_map(
                static fn (array $row): array => ['message' => $words->text($row['message'])] + $row,
                $orders->messages(),
            )),
        ];

        $event->addResult(array_values(array_filter(
            $domains,
            static fn (Domain $domain): bool => $domain->getItems() !== [],
        )));
    }

    public function onCapabilities(CollectCapabilitiesEvent $event): void
    {
        $event->addResult([
            Text::_('PLG_PRIVACY_CLOVERSYNC') => [
                Text::_(self::PREFIX . 'SHOP_KEEPS'),
                Text::_(self::PREFIX . 'CLOVER_KEEPS'),
            ],
        ]);
    }

    private function ordersOf(RequestTable $request, ?User $user): CustomerOrders
    {
        // Orders stay also where the app is disabled.
        $factory = ShopFactory::stored($this->app(), $this->getDatabase());

        return CustomerOrders::find($factory->sql(), (int) ($user->id ?? 0), (string) $request->email);
    }

    /** @param list<array<string, scalar|null>> $rows */
    private function domain(string $name, array $rows): Domain
    {
        $domain = $this->createDomain($name, "{$name}_data");

        foreach ($rows as $row) {
            $domain->addItem($this->createItemFromArray($row));
        }

        return $domain;
    }

    private function app(): CMSApplicationInterface
    {
        return $this->getApplication() ?? throw new \LogicException('The plugin was given no application.');
    }

    /** @param list<string> $orders */
    private static function named(array $orders): string
    {
        return implode(', ', \array_slice($orders, 0, self::NAMED)) . (\count($orders) > self::NAMED ? ' …' : '');
    }
}
