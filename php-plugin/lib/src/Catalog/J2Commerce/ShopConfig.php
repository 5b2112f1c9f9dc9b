<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Facts about the shop that the sync needs. */
final readonly class ShopConfig
{
    private const UNCATEGORISED = 'uncategorised';

    private function __construct(
        /** ISO 4217. */
        public string $currency,
        public bool $pricesIncludeTax,
        /** Author of created articles; 0 when the shop has no such user. */
        public int $author,
        /** Workflow stage of created articles. */
        public int $stage,
        /** Id of the content type "Article", which rows of tags name. */
        public int $articleType,
    ) {
    }

    /** @throws ShopException when Joomla's default workflow is missing */
    public static function read(Sql $sql): self
    {
        $params = self::decode((string) $sql->fetchValue(
            "SELECT params FROM #__extensions WHERE type = 'component' AND element = 'com_j2commerce'",
        ));
        $stage = $sql->fetchValue("SELECT s.id FROM #__workflow_stages s JOIN #__workflows w ON w.id = s.workflow_id
              WHERE w.extension = 'com_content.article' AND w.`default` = 1 AND s.`default` = 1 AND s.published = 1
              ORDER BY s.id LIMIT 1");

        if ($stage === null) {
            throw new ShopException(new Message(MessageCode::NoWorkflowStage));
        }

        return new self(
            strtoupper(trim((string) ($params['config_currency'] ?? ''))) ?: 'USD',
            (bool) ($params['config_including_tax'] ?? false),
            // Group 8 is Super Users on every Joomla site.
            (int) $sql->fetchValue(
                'SELECT MIN(u.id) FROM #__users u JOIN #__user_usergroup_map m ON m.user_id = u.id WHERE '
                . 'm.group_id = 8 AND u.block = 0',
            ),
            (int) $stage,
            (int) $sql->fetchValue("SELECT type_id FROM #__content_types WHERE type_alias = 'com_content.article'"),
        );
    }

    /** @return array<string, scalar|null> The component's parameters, without those that are lists */
    private static function decode(string $json): array
    {
        /** @var array<string, scalar|null>|scalar|null $params */
        $params = json_decode($json, true);

        return \is_array($params) ? $params : [];
    }

    /** The category that Joomla's installer creates; null when the owner has removed it. */
    public static function uncategorised(Sql $sql): ?int
    {
        $id = $sql->fetchValue(
            "SELECT id FROM #__categories
              WHERE extension = 'com_content' AND published = 1
              ORDER BY CASE WHEN alias = ? THEN 0 ELSE 1 END, lft LIMIT 1",
            [self::UNCATEGORISED],
        );

        return $id === null ? null : (int) $id;
    }

    /** @return list<array{id: int, title: string, level: int}> */
    public static function categories(Sql $sql): array
    {
        $rows = $sql->fetchAll("SELECT id, title, level FROM #__categories
              WHERE extension = 'com_content' AND published = 1 ORDER BY lft");

        return array_map(static fn (array $row): array => [
            'id'    => (int) $row['id'],
            'title' => (string) $row['title'],
            'level' => (int) $row['level'],
        ], $rows);
    }
}
