<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\MediaFolder;
use Joomla\CMS\Component\ComponentHelper;
use Joomla\Filesystem\Exception\FilesystemException;
use Joomla\Filesystem\File;
use Joomla\Filesystem\Folder;

/** A folder of its own in the one where the Media Manager keeps images. */
final readonly class SiteMedia implements MediaFolder
{
    public function has(string $path): bool
    {
        return is_file(JPATH_ROOT . "/$path");
    }

    public function store(string $content, string $extension): ?string
    {
        $folder = self::folder();
        $path   = $folder . '/' . hash('sha256', $content) . ".$extension";

        if ($this->has($path)) {
            return $path;
        }

        try {
            Folder::create(JPATH_ROOT . "/$folder");
            // Visitors never get a part of a file.
            $part = JPATH_ROOT . "/$path.part";
            File::write($part, $content);
            File::move($part, JPATH_ROOT . "/$path");
        } catch (FilesystemException) {
            return null;
        }

        return $this->has($path) ? $path : null;
    }

    private static function folder(): string
    {
        $images = trim((string) ComponentHelper::getParams('com_media')->get('image_path', 'images'), '/');

        return ($images === '' ? 'images' : $images) . '/clover';
    }
}
