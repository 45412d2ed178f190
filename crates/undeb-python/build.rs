//! Leaves Python's symbols open on systems whose linker wants to be told so.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
