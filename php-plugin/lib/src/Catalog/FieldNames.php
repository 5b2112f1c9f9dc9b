<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Names of the fields in which shop and Clover differed, for the owner. */
final class FieldNames
{
    /**
     * @param list<string> $fields As {@see \CloverSync\ProductChange} has them
     *
     * @return list<Message>
     */
    public static function of(array $fields): array
    {
        return array_map(static fn (string $field): Message => match ($field) {
            'title'        => new Message(MessageCode::FieldTitle),
            'category'     => new Message(MessageCode::FieldCategory),
            'tags'         => new Message(MessageCode::FieldTags),
            'tax'          => new Message(MessageCode::FieldTax),
            'sale'         => new Message(MessageCode::FieldSale),
            'options'      => new Message(MessageCode::FieldOptions),
            'modifiers'    => new Message(MessageCode::FieldModifiers),
            'variants'     => new Message(MessageCode::FieldVariants),
            'sku'          => new Message(MessageCode::FieldSku),
            'upc'          => new Message(MessageCode::FieldUpc),
            'price'        => new Message(MessageCode::FieldPrice),
            'count'        => new Message(MessageCode::FieldCount),
            'low_stock'    => new Message(MessageCode::FieldLowStock),
            'availability' => new Message(MessageCode::FieldAvailability),
            default        => Message::said($field),
        }, $fields);
    }
}
