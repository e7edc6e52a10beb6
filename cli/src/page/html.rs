//! A report as one file of HTML that asks for nothing else: style and pictures are in it, and no program.

use std::fmt::Write as _;

use super::document::{Block, Figure, Section, Table};
use crate::plot::escape;

const STYLE: &str = include_str!("style.css");

/// The page; `figures` is JSON for programs that read it.
pub(super) fn page(title: &str, sections: &[Section], figures: &str) -> String {
    let title = escape(title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" \
         href=\"data:,\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{title}</h1></header>\n<nav aria-label=\"Sections\"><ul>"
    );
    for (at, section) in sections.iter().enumerate() {
        let _ = write!(out, "<li><a href=\"#s{at}\">{}</a></li>", escape(section.title));
    }
    out += "</ul></nav>\n<main>\n";
    for (at, section) in sections.iter().enumerate() {
        let heading = escape(section.title);
        let _ = writeln!(out, "<section aria-labelledby=\"s{at}\">\n<h2 id=\"s{at}\">{heading}</h2>");
        section.blocks.iter().for_each(|block| out += &self::block(block));
        out += "</section>\n";
    }
    // within JSON a `<` stands in texts alone, where it may be written so
    let figures = figures.replace('<', "\\u003c");
    let _ = writeln!(
        out,
        "</main>\n<footer>Written by elbow {}.</footer>\n<script type=\"application/json\" \
         id=\"figures\">{figures}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => format!("<p>{}</p>\n", escape(text)),
        Block::List(rows) => {
            let row = |(name, is): &(String, String)| {
                format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escape(name), escape(is))
            };
            format!("<table class=\"list\">\n{}</table>\n", rows.iter().map(row).collect::<String>())
        }
        Block::Table(table) => self::table(table),
        Block::Figures(figures) => {
            format!("<div class=\"figures\">\n{}</div>\n", figures.iter().map(figure).collect::<String>())
        }
    }
}

fn table(Table { caption, head, rows }: &Table) -> String {
    let head: String = head.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
    let row = |cells: &Vec<String>| {
        let cell = |(at, cell): (usize, &String)| match at {
            0 => format!("<th scope=\"row\">{}</th>", escape(cell)),
            _ => format!("<td>{}</td>", escape(cell)),
        };
        format!("<tr>{}</tr>\n", cells.iter().enumerate().map(cell).collect::<String>())
    };
    format!(
        "<div class=\"wide\"><table>\n<caption>{}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{}\
         </tbody></table></div>\n",
        escape(caption),
        rows.iter().map(row).collect::<String>()
    )
}

fn figure(Figure { chart, caption }: &Figure) -> String {
    let entry = |(class, label): (&str, &str)| format!("<li class=\"{class}\">{}</li>", escape(label));
    let legend: String = chart.legend().map(entry).collect();
    let legend = if legend.is_empty() { legend } else { format!("<ul class=\"legend\">{legend}</ul>") };
    format!("<figure>{}<figcaption>{legend}{}</figcaption></figure>\n", chart.svg(), escape(caption))
}
