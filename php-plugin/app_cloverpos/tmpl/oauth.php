<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use Joomla\CMS\Language\Text;

/**
 * @var array{ok: bool, title: string, message: string, language: string, direction: string, style: string,
 *   script: string, dashboard: string} $displayData
 */
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
?>
<!DOCTYPE html>
<html lang="<?php echo $escape($displayData['language']); ?>" dir="<?php echo $displayData['direction']; ?>">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark">
    <title><?php echo $escape($displayData['title']); ?></title>
    <link rel="stylesheet" href="<?php echo $escape($displayData['style']); ?>">
    <script src="<?php echo $escape($displayData['script']); ?>" defer></script>
</head>
<body class="contentpane component" data-ok="<?php echo $displayData['ok'] ? '1' : '0'; ?>"
    data-message="<?php echo $escape($displayData['message']); ?>">
    <main class="container-fluid py-4">
        <h1 class="h3"><?php echo $escape($displayData['title']); ?></h1>
        <p class="alert alert-<?php echo $displayData['ok'] ? 'success' : 'danger'; ?>"
            role="<?php echo $displayData['ok'] ? 'status' : 'alert'; ?>"><?php
                echo $escape($displayData['message']);
            ?></p>
        <p><a class="btn btn-primary" href="<?php echo $escape($displayData['dashboard']); ?>"><?php
            echo $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CONNECT_BACK'));
        ?></a></p>
    </main>
</body>
</html>
