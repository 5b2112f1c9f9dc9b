<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** Why a helper program cannot be used. */
enum HelperProblem: string
{
    /** PHP's function is in disable_functions. */
    case Disabled = 'disabled';

    /** The package carries no helper, or the file has gone. */
    case Missing = 'missing';

    /** The file has no permission to be executed, and PHP may not give it. */
    case NotExecutable = 'not_executable';

    /** The operating system refused to start it: a noexec mount, SELinux, or another machine's program. */
    case NotStarted = 'not_started';

    /** It started and did not answer as a helper does, or its file is not a program: it was cut off, or changed. */
    case NoAnswer = 'no_answer';

    /** It is a helper of another version. */
    case OtherVersion = 'other_version';
}
