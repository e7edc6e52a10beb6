//! Frames some at a time: what is held does not grow with the file.

use std::path::{Path, PathBuf};

use elbow::format::Metadata;
use elbow_reader::{Dataset, LoadOptions, Missing, Unseen, is_labelled, is_stream, load_blocks};
use elbow_trainer::binarize::Binarize;

use super::SourceArgs;
use super::notes::{note_point, told_after, told_before};
use crate::error::Error;

impl SourceArgs {
    /// Reads the frames that a model takes some at a time, with some columns as text beside them; rows in
    /// which a cell is missing are left out unless flag or model say otherwise. Standard input and pipes hand
    /// each frame on as it comes.
    ///
    /// # Errors
    /// As [`load`](Self::load), and those of `take`.
    pub(crate) fn each_block(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        keep: &[String],
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        note_point(metadata);
        let options = LoadOptions { unlabelled: true, ..self.options(metadata, keep, Missing::Drop) };
        self.each(paths, model, metadata, options, take)
    }

    /// As [`each_block`](Self::each_block), but a missing cell refuses the file unless flag or model say
    /// otherwise: what is written of each frame then stands where the frame does.
    pub(crate) fn each_whole_block(
        &self,
        path: &Path,
        model: &Path,
        metadata: &Metadata<'_>,
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let options = LoadOptions { unlabelled: true, ..self.options(metadata, &[], Missing::Refuse) };
        self.each(&[path.to_path_buf()], model, metadata, options, take)
    }

    /// As [`each_block`](Self::each_block); a word that the model has never seen is an error.
    pub(crate) fn each_known_block(
        &self,
        path: &Path,
        model: &Path,
        metadata: &Metadata<'_>,
        keep: &[String],
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let options = self.options(metadata, keep, Missing::Drop);
        let options = LoadOptions { unlabelled: true, unseen: Unseen::Refuse, ..options };
        self.each(&[path.to_path_buf()], model, metadata, options, take)
    }

    fn each(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        options: LoadOptions,
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self.binarize {
            Binarize::None => self.blocks(paths, model, metadata, options, take),
            // whether values are bytes is known when all are seen
            _ => take(self.load_all(paths, model, metadata, options)?),
        }
    }

    fn blocks(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        options: LoadOptions,
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut path = None;
        let report = load_blocks(paths, &options, &mut |mut data, report| {
            if path.is_none() {
                told_before(&data, report);
                path = Some(data.path.clone());
            }
            self.prepare(&mut data, model, metadata)?;
            take(data)
        })?;
        told_after(&path.unwrap_or_default(), &report, self.skip_broken);
        Ok(())
    }

    /// Reads the frames that a model takes some at a time where nothing asks for all of them at once, as
    /// labels do, for whose sake scores are sorted; with some columns as text beside them.
    ///
    /// # Errors
    /// As [`load`](Self::load), and those of `take`.
    pub(crate) fn each_unlabelled_block(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        keep: &[String],
        take: &mut dyn FnMut(Dataset) -> Result<(), Error>,
    ) -> Result<(), Error> {
        note_point(metadata);
        let options = self.options(metadata, keep, Missing::Refuse);
        let is_whole = self.binarize != Binarize::None || paths.iter().any(|path| is_stream(path));
        match is_whole || is_labelled(paths, &options)? {
            true => take(self.load_all(paths, model, metadata, options)?),
            false => self.blocks(paths, model, metadata, options, take),
        }
    }
}
