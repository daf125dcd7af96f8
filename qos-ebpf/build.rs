//! Has the linker generate loads and stores of any alignment: packets' headers have none.

fn main() {
    println!("cargo:rustc-link-arg-bins=--cpu-features=+allows-misaligned-mem-access");
}
