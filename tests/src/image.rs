//! A linked firmware image, as an ELF file.

use object::{File, Object as _, ObjectSection as _, ObjectSegment as _, ObjectSymbol as _};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A linked firmware image.
#[derive(Debug)]
pub struct Image {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Image {
    /// Reads the file.
    ///
    /// # Panics
    /// There is none.
    pub fn read(path: PathBuf) -> Image {
        Image { bytes: fs::read(&path).expect("the image was just linked"), path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that the image takes in flash: the file's parts that are loaded.
    pub fn flash(&self) -> usize {
        self.elf().segments().map(|segment| segment.file_range().1 as usize).sum()
    }

    /// The names of what was linked, mangled.
    pub fn symbols(&self) -> Vec<String> {
        let elf = self.elf();
        elf.symbols().filter_map(|symbol| symbol.name().ok().map(str::to_owned)).collect()
    }

    /// Whether a symbol was linked whose mangled name contains this.
    pub fn names(&self, part: &str) -> bool {
        self.symbols().iter().any(|symbol| symbol.contains(part))
    }

    /// Where a symbol lies.
    ///
    /// # Panics
    /// There is none of that name.
    pub fn address_of(&self, name: &str) -> u64 {
        let elf = self.elf();
        let symbol = elf.symbols().find(|symbol| symbol.name() == Ok(name));
        symbol.unwrap_or_else(|| panic!("no {name} in {}", self.path.display())).address()
    }

    /// The compiler, as it names itself in the image.
    ///
    /// # Panics
    /// It does not.
    pub fn compiler(&self) -> String {
        let elf = self.elf();
        let comment = elf.section_by_name(".comment").and_then(|section| section.data().ok());
        let comment = String::from_utf8_lossy(comment.expect("compilers leave a comment"));
        let rustc = comment.split('\0').find(|text| text.starts_with("rustc")).expect("rustc's name");
        rustc.split(" (").next().expect("a version").replace(" version", "")
    }

    fn elf(&self) -> File<'_> {
        File::parse(&*self.bytes).expect("an ELF file")
    }
}
