//! The output folder: hashed names, compressed twins, nothing left over from earlier builds.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The folder of the finished client while it is being filled.
pub struct Dist {
    folder: PathBuf,
    compress: bool,
    kept: BTreeSet<String>,
    report: Vec<(String, usize, Option<usize>)>,
}

impl Dist {
    pub fn open(folder: PathBuf, compress: bool) -> Result<Self> {
        fs::create_dir_all(folder.join("assets"))?;
        Ok(Self { folder, compress, kept: BTreeSet::new(), report: Vec::new() })
    }

    /// Write one asset and answer the address under which the page finds it.
    ///
    /// A file that is already there was written from the same content, because its name is the content.
    pub fn add(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<String> {
        let name = format!("{stem}-{}.{extension}", short_hash(content));
        let path = self.folder.join("assets").join(&name);
        if !path.exists() {
            write_whole(&path, content)?;
        }
        self.kept.insert(name.clone());
        let mut brotli_size = None;
        if self.compress {
            brotli_size = Some(self.add_compressed(&name, content)?);
        }
        self.report.push((format!("{stem}.{extension}"), content.len(), brotli_size));
        Ok(format!("/assets/{name}"))
    }

    /// Write the page that names all assets, drop what it no longer names, and say how large things are.
    pub fn finish(mut self, page: &str) -> Result<()> {
        self.write_page(page)?;
        for entry in fs::read_dir(self.folder.join("assets"))? {
            let entry = entry?;
            if !self.kept.contains(&*entry.file_name().to_string_lossy()) {
                fs::remove_file(entry.path())?;
            }
        }
        self.report.sort_by_key(|(_, size, _)| usize::MAX - size);
        for (name, size, compressed) in &self.report {
            match compressed {
                Some(small) => println!("{name:24} {size:>9} bytes  {small:>8} brotli"),
                None => println!("{name:24} {size:>9} bytes"),
            }
        }
        Ok(())
    }

    /// A page that stays the same is left alone: the server would be compiled anew for a younger file.
    fn write_page(&self, page: &str) -> Result<()> {
        let [plain, br, gz] = ["index.html", "index.html.br", "index.html.gz"].map(|name| self.folder.join(name));
        let same = fs::read(&plain).is_ok_and(|present| present == page.as_bytes());
        if same && br.exists() == self.compress && gz.exists() == self.compress {
            return Ok(());
        }
        write_whole(&plain, page.as_bytes())?;
        if self.compress {
            write_whole(&br, &brotli(page.as_bytes())?)?;
            return write_whole(&gz, &gzip(page.as_bytes())?);
        }
        for twin in [br, gz].iter().filter(|twin| twin.exists()) {
            fs::remove_file(twin)?;
        }
        Ok(())
    }

    fn add_compressed(&mut self, name: &str, content: &[u8]) -> Result<usize> {
        let assets = self.folder.join("assets");
        let (br, gz) = (format!("{name}.br"), format!("{name}.gz"));
        if !assets.join(&br).exists() {
            write_whole(&assets.join(&br), &brotli(content)?)?;
        }
        if !assets.join(&gz).exists() {
            write_whole(&assets.join(&gz), &gzip(content)?)?;
        }
        let size = fs::metadata(assets.join(&br))?.len();
        self.kept.extend([br, gz]);
        Ok(usize::try_from(size)?)
    }
}

/// The first 12 hexadecimal digits of the SHA-256: enough to tell builds apart, short enough to read.
pub fn short_hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Write beside and rename, so that an interrupted build never leaves half a file under a final name.
fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, content).with_context(|| format!("cannot write {}", path.display()))?;
    fs::rename(&beside, path)?;
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}
