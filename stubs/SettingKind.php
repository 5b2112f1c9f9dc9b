<?php

declare(strict_types=1);

namespace CloverSync;

/** The kind of a setting's value. */
enum SettingKind: string
{
    case Text = 'text';

    /** Optional text. */
    case OptionalText = 'optional_text';

    /** Text that is never shown. */
    case Secret = 'secret';

    /** One of several texts. */
    case Choice = 'choice';

    /** A whole number. */
    case Integer = 'integer';

    /** Decimal text. */
    case Decimal = 'decimal';

    /** Yes or no. */
    case Switch = 'switch';

    /** Ids of order statuses. */
    case Statuses = 'statuses';

    /** Names of extensions. */
    case Names = 'names';

    /** Markups by category. */
    case Markups = 'markups';

    /** Tax profiles by Clover's rates. */
    case TaxProfiles = 'tax_profiles';

    /** How a list of names chooses items, and the names. */
    case NameFilter = 'name_filter';

    /** Addresses of mail. */
    case Emails = 'emails';
}
