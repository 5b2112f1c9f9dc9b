//! `clover-helper`: the service behind pipes. PHP starts it, sends calls on its standard input and
//! reads answers from its standard output; `php-plugin/lib/src/Engine/HelperProcess.php` is the
//! other end and describes the frames.
//!
//! It makes one call at a time on one thread, and ends when its input ends. No secret is read from
//! the arguments or the environment, and none is written anywhere but into the pipe.

mod classes;
mod dispatch;
mod failure;
mod host;
mod json;
mod objects;
mod pipe;
mod request;
mod value;

use std::os::fd::RawFd;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        None => {}
        Some(argument) if argument == "--version" => {
            println!("clover-helper {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Some(_) => {
            eprintln!("clover-helper is started by CloverSync's PHP library and takes no argument");
            return ExitCode::FAILURE;
        }
    }
    close_inherited();
    match pipe::Pipe::open() {
        Ok(pipe) => {
            dispatch::serve(&pipe);
            clover_service::runtime::shutdown();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("clover-helper cannot read its standard input: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Closes every file that PHP had open when it started the helper, except the three standard ones.
/// Otherwise a file that PHP has locked stays locked until the helper ends too.
fn close_inherited() {
    let Ok(folder) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    let open: Vec<RawFd> = folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in open {
        // One of them was the folder itself, which is closed already.
        let _ = nix::unistd::close(number);
    }
}
