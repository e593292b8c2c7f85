//! What is filled in: a label, the control, a hint and what is wrong with it, tied together for assistive technology.

mod show;

use std::borrow::Cow;

use crate::text::forms;

type Words = Cow<'static, str>;

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Input {
    pub name: Words,
    label: Words,
    control: Control,
    value: Words,
    hint: Option<Words>,
    placeholder: Option<Words>,
    pattern: Option<&'static str>,
    list: Option<&'static str>,
    autocomplete: &'static str,
    inputmode: Option<&'static str>,
    lengths: (Option<u32>, Option<u32>),
    required: bool,
    autofocus: bool,
    readonly: bool,
}

#[derive(Debug, Clone)]
enum Control {
    /// An `<input>` of that type.
    Line(&'static str),
    /// Several lines of which none is remembered.
    SecretLines,
    Lines,
    Select(Vec<(Words, Words)>),
    /// Each with what it means.
    Radio(Vec<(Words, Words, Words)>),
    Tick,
    /// Boxes of one field, each with its label and whether it is ticked.
    Ticks(Vec<(Words, Words, bool)>),
    /// Several lines of one field, each an `<input>` of its own.
    Several(Vec<Words>),
}

impl Input {
    fn new(control: Control, name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            control,
            value: Words::default(),
            hint: None,
            placeholder: None,
            pattern: None,
            list: None,
            autocomplete: "off",
            inputmode: None,
            lengths: (None, None),
            required: false,
            autofocus: false,
            readonly: false,
        }
    }

    pub fn text(name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self::new(Control::Line("text"), name, label)
    }

    pub fn lines(name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self::new(Control::Lines, name, label)
    }

    pub fn email(name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self::new(Control::Line("email"), name, label).length(3, 254)
    }

    pub fn url(name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self::new(Control::Line("url"), name, label)
    }

    /// A password of a person; `autocomplete` says whether it is the present or a new one.
    pub fn password(name: impl Into<Words>, label: impl Into<Words>, autocomplete: &'static str) -> Self {
        Self::new(Control::Line("password"), name, label)
            .autocomplete(autocomplete)
            .required()
    }

    /// A secret that is pasted once and never shown again.
    pub fn secret(name: impl Into<Words>, label: impl Into<Words>, several_lines: bool) -> Self {
        let control = if several_lines {
            Control::SecretLines
        } else {
            Control::Line("password")
        };
        Self::new(control, name, label)
    }

    /// A time, in UTC.
    pub fn time(name: impl Into<Words>, label: impl Into<Words>) -> Self {
        Self::new(Control::Line("datetime-local"), name, label)
    }

    /// One of some values, each with its label.
    pub fn select(name: impl Into<Words>, label: impl Into<Words>, options: Vec<(Words, Words)>) -> Self {
        Self::new(Control::Select(options), name, label)
    }

    /// One of some values, each with its label and what it means.
    pub fn radio(name: impl Into<Words>, label: impl Into<Words>, options: Vec<(Words, Words, Words)>) -> Self {
        Self::new(Control::Radio(options), name, label)
    }

    /// A box to tick.
    pub fn tick(name: impl Into<Words>, label: impl Into<Words>, on: bool) -> Self {
        Self::new(Control::Tick, name, label).value(if on { "on" } else { "" })
    }

    /// Boxes of one field, each with its label and whether it is ticked. The name ends with `[]`.
    pub fn ticks(name: impl Into<Words>, label: impl Into<Words>, boxes: Vec<(Words, Words, bool)>) -> Self {
        Self::new(Control::Ticks(boxes), name, label)
    }

    /// Several lines of one field, filled in with these values. The name ends with `[]`.
    pub fn several(name: impl Into<Words>, label: impl Into<Words>, values: Vec<Words>) -> Self {
        Self::new(Control::Several(values), name, label)
    }

    pub fn value(mut self, value: impl Into<Words>) -> Self {
        self.value = value.into();
        self
    }

    pub fn hint(mut self, hint: impl Into<Words>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn placeholder(mut self, placeholder: impl Into<Words>) -> Self {
        self.placeholder = Some(placeholder.into());
        self
    }

    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The id of the `<datalist>` with suggestions.
    pub const fn list(mut self, list: &'static str) -> Self {
        self.list = Some(list);
        self
    }

    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// Which keys a touch screen offers.
    pub const fn keys(mut self, inputmode: &'static str) -> Self {
        self.inputmode = Some(inputmode);
        self
    }

    pub const fn length(mut self, least: u32, most: u32) -> Self {
        self.lengths = (Some(least), Some(most));
        self
    }

    pub const fn most(mut self, most: u32) -> Self {
        self.lengths.1 = Some(most);
        self
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub const fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// Says below what came back with an error that this has to be filled in again: no browser is asked to keep a secret.
    pub(super) fn lost(mut self) -> Self {
        // Browsers keep a person's password where they are asked to.
        let is_secret = match self.control {
            Control::SecretLines => true,
            Control::Line(kind) => kind == "password" && self.autocomplete == "off",
            _ => false,
        };
        if is_secret {
            let hint = self.hint.map(|hint| format!("{} {hint}", forms::SECRET_LOST));
            self.hint = Some(hint.map_or(forms::SECRET_LOST.into(), Words::from));
        }
        self
    }

    pub const fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_came_back_says_what_of_it_is_lost() {
        fn check(input: Input, hint: Option<&str>) {
            assert_eq!(input.lost().hint.as_deref(), hint);
        }
        let both = format!("{} One a line.", forms::SECRET_LOST);
        check(Input::secret("headers", "Headers", true).hint("One a line."), Some(&both));
        check(Input::secret("value", "Secret", false), Some(forms::SECRET_LOST));
        check(Input::text("name", "Name").hint("As you like."), Some("As you like."));
        check(Input::password("password", "Password", "current-password"), None);
    }
}
