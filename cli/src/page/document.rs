//! What a report says, before it is a page or a card: sections of text, tables and pictures.

use crate::plot::Chart;

/// A part of a report that stands by itself.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) enum Block {
    Text(String),
    /// things and what they are
    List(Vec<(String, String)>),
    Table(Table),
    /// side by side where there is room
    Figures(Vec<Figure>),
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: String,
    /// names of the columns, of which the first names rows
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A picture and what to see in it.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) chart: Chart,
    pub(super) caption: String,
}

impl Section {
    pub(super) fn new(title: &'static str) -> Section {
        Section { title, blocks: Vec::new() }
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Section {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    pub(super) fn list<N: ToString>(mut self, rows: impl IntoIterator<Item = (N, String)>) -> Section {
        self.blocks.push(Block::List(rows.into_iter().map(|(name, is)| (name.to_string(), is)).collect()));
        self
    }

    pub(super) fn table(
        mut self,
        caption: impl Into<String>,
        head: &[&'static str],
        rows: Vec<Vec<String>>,
    ) -> Section {
        let table = Table { caption: caption.into(), head: head.to_vec(), rows };
        self.blocks.push(Block::Table(table));
        self
    }

    pub(super) fn figure(self, chart: Chart, caption: impl Into<String>) -> Section {
        self.figures(vec![Figure { chart, caption: caption.into() }])
    }

    pub(super) fn figures(mut self, figures: Vec<Figure>) -> Section {
        self.blocks.push(Block::Figures(figures));
        self
    }
}
