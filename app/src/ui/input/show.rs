//! A field as it stands in a form.

use leptos::prelude::*;

use super::{Control, Input, Words};

/// The classes of a control.
const CONTROL: &str = "block w-full rounded-md border border-hairline-strong bg-surface px-2 text-sm text-ink \
                       aria-invalid:border-bad [&[readonly]]:bg-sunken [&[readonly]]:text-muted pointer-coarse:min-h-10";
const TICK: &str = "mt-0.75 size-3.5 flex-none";

impl Input {
    /// The field within the form of that id, with what is wrong with it.
    pub fn show(self, form: &str, error: Option<String>) -> AnyView {
        let id = format!("{form}-{}", self.name);
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let hint = self.hint.clone();
        let described: Vec<_> = [error.as_ref().map(|_| &error_id), hint.as_ref().map(|_| &hint_id)]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let ties = Ties {
            id: id.clone(),
            described: (!described.is_empty()).then(|| described.join(" ")),
            invalid: error.is_some().then_some("true"),
        };
        let label = self.label.clone();
        let is_group = matches!(self.control, Control::Radio(_) | Control::Ticks(_) | Control::Several(_));
        let beside = matches!(self.control, Control::Tick);
        let hint = hint.map(|hint| view! { <p id=hint_id class="mt-1 text-xs leading-4.5 text-muted">{hint}</p> });
        let error = error.map(|error| view! { <p id=error_id class="mt-1 text-xs leading-4.5 text-bad">{error}</p> });
        let described = ties.described.clone();
        let control = self.control(ties);
        if is_group {
            return view! {
                <fieldset class="min-w-0" aria-describedby=described>
                    <legend class="mb-1 text-sm font-medium">{label}</legend>
                    {control}
                    {error}
                    {hint}
                </fieldset>
            }
            .into_any();
        }
        if beside {
            return view! {
                <div class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
                    {control}
                    <div>
                        <label class="text-sm" for=id>{label}</label>
                        {error}
                        {hint}
                    </div>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="min-w-0">
                <label class="mb-1 block text-sm font-medium" for=id>{label}</label>
                {control}
                {error}
                {hint}
            </div>
        }
        .into_any()
    }

    fn control(self, ties: Ties) -> AnyView {
        let Ties { id, described, invalid } = ties;
        let (least, most) = self.lengths;
        let name = self.name;
        match self.control {
            Control::Line(kind) => view! {
                <input
                    id=id
                    class=format!("{CONTROL} h-8")
                    type=kind
                    name=name
                    value=self.value
                    placeholder=self.placeholder
                    pattern=self.pattern
                    list=self.list
                    autocomplete=self.autocomplete
                    inputmode=self.inputmode
                    minlength=least
                    maxlength=most
                    step=(kind == "datetime-local").then_some("any")
                    spellcheck="false"
                    autocapitalize="off"
                    required=self.required
                    autofocus=self.autofocus
                    readonly=self.readonly
                    aria-describedby=described
                    aria-invalid=invalid
                />
            }
            .into_any(),
            Control::SecretLines | Control::Lines => view! {
                <textarea
                    id=id
                    class=format!("{CONTROL} min-h-20 py-1.5 font-mono text-note")
                    name=name
                    rows="4"
                    placeholder=self.placeholder
                    autocomplete="off"
                    maxlength=most
                    spellcheck="false"
                    required=self.required
                    data-secret=matches!(self.control, Control::SecretLines).then_some("")
                    aria-describedby=described
                    aria-invalid=invalid
                >
                    {self.value}
                </textarea>
            }
            .into_any(),
            Control::Select(options) => {
                let chosen = self.value;
                let options = options.into_iter().map(|(value, label)| {
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{label}</option> }
                });
                view! {
                    <select
                        id=id
                        class=format!("{CONTROL} h-8")
                        name=name
                        required=self.required
                        aria-describedby=described
                        aria-invalid=invalid
                    >
                        {options.collect_view()}
                    </select>
                }
                .into_any()
            }
            Control::Radio(options) => radio(&name, &self.value, self.required, options),
            Control::Ticks(boxes) => ticks(&name, boxes),
            Control::Several(values) => {
                let lines = Lines {
                    name: &name,
                    label: &self.label,
                    placeholder: self.placeholder,
                    list: self.list,
                    most,
                };
                lines.show(values)
            }
            Control::Tick => view! {
                <input
                    id=id
                    class=TICK
                    type="checkbox"
                    name=name
                    value="true"
                    checked=!self.value.is_empty()
                    aria-describedby=described
                    aria-invalid=invalid
                />
            }
            .into_any(),
        }
    }
}

/// What ties a control to its label, its hint and its error.
struct Ties {
    id: String,
    described: Option<String>,
    invalid: Option<&'static str>,
}

const CHOICE: &str = "grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-2 py-1 text-sm";

fn radio(name: &str, chosen: &str, required: bool, options: Vec<(Words, Words, Words)>) -> AnyView {
    let options = options.into_iter().map(|(value, label, meaning)| {
        let checked = value == chosen;
        let name = name.to_owned();
        let meaning =
            (!meaning.is_empty()).then(|| view! { <span class="block text-xs leading-4.5 text-muted">{meaning}</span> });
        view! {
            <label class=CHOICE>
                <input class=TICK type="radio" name=name value=value checked=checked required=required />
                <span>
                    {label}
                    {meaning}
                </span>
            </label>
        }
    });
    view! { <div>{options.collect_view()}</div> }.into_any()
}

fn ticks(name: &str, boxes: Vec<(Words, Words, bool)>) -> AnyView {
    let boxes = boxes.into_iter().map(|(value, label, on)| {
        let name = name.to_owned();
        view! {
            <label class=CHOICE>
                <input class=TICK type="checkbox" name=name value=value checked=on />
                <span class="wrap-anywhere">{label}</span>
            </label>
        }
    });
    view! { <div class="grid gap-x-4 sm:grid-cols-2">{boxes.collect_view()}</div> }.into_any()
}

/// What several lines of one field have in common.
struct Lines<'a> {
    name: &'a str,
    label: &'a str,
    placeholder: Option<Words>,
    list: Option<&'static str>,
    most: Option<u32>,
}

impl Lines<'_> {
    fn show(self, values: Vec<Words>) -> AnyView {
        let lines = values.into_iter().enumerate().map(|(index, value)| {
            view! {
                <input
                    class=format!("{CONTROL} h-8")
                    type="text"
                    name=self.name.to_owned()
                    value=value
                    placeholder=self.placeholder.clone().filter(|_| index == 0)
                    list=self.list
                    maxlength=self.most
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-label=format!("{}, line {}", self.label, index + 1)
                />
            }
        });
        view! { <div class="grid gap-1.5 sm:grid-cols-2">{lines.collect_view()}</div> }.into_any()
    }
}
