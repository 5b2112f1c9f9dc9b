<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** Reads XML by XPath. */
final readonly class Xml
{
    private \SimpleXMLElement $root;

    public function __construct(string $xml)
    {
        $this->root = new \SimpleXMLElement($xml);
    }

    /** @return string Of the first element or attribute that the path names; empty without one */
    public function text(string $path): string
    {
        return $this->texts($path)[0] ?? '';
    }

    /** @return list<string> */
    public function texts(string $path): array
    {
        return array_values(array_map(strval(...), $this->root->xpath($path) ?: []));
    }
}
