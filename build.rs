//! Declares `cfg(php83)` and similar, which the version-dependent attributes of ext-php-rs need.
use ext_php_rs_build::{ApiVersion, PHPInfo, emit_check_cfg, emit_php_cfg_flags, find_php};

fn main() -> anyhow::Result<()> {
    for variable in ["PHP", "PHP_CONFIG"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let version: ApiVersion = PHPInfo::get(&find_php()?)?.zend_version()?.try_into()?;
    emit_check_cfg();
    emit_php_cfg_flags(version);
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup");
    }
    Ok(())
}
