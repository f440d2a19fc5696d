//! Where a variable is read for the last time: there its value may move instead of being copied.
//!
//! The code of a function is walked from its end to its beginning with the slots that are still
//! needed:
//!
//! ```text
//!   fn sift(p, s) {
//!       let rest = s                                       s is not needed below: moves
//!       while head(rest) % p == 0 { rest = tail(rest) }
//!       let here = rest                                    rest is not needed below: moves
//!       head(here) :: sift(p, tail(here))
//!   }
//! ```
//!
//! It errs on the side of copying. What a loop uses is needed wherever in the loop one is, except
//! for variables that are declared in it. What `catch` and `finally` use is needed in all of their
//! `try`, which may be left anywhere. In an expression only what occurs in it once moves, for
//! operands are read where they are, when what stands right of them has been evaluated.
//!
//! Only what is read as the value of a `let`, an assignment, a `return` or a block, or as an
//! argument of a function of the program is marked: everything else is read where it is.

use super::program::*;
use super::uses::{Done, Uses};

/// Marks the last uses in a function's code. The templates in it have been written already.
pub fn mark(templates: Done<'_>, slots: u32, body: &mut Block) {
    let slots = slots as usize;
    let mut walk = Walk {
        templates,
        needed: vec![false; slots],
        pinned: vec![false; slots],
    };
    walk.block(body);
}

/// A walk from the end of the code to its beginning.
struct Walk<'a> {
    templates: Done<'a>,
    /// Slots that are read below.
    needed: Vec<bool>,
    /// Slots that `catch` and `finally` around read, which may come next anywhere.
    pinned: Vec<bool>,
}

fn add(slots: &mut [bool], more: &[bool]) {
    for (slot, more) in slots.iter_mut().zip(more) {
        *slot |= more;
    }
}

impl Walk<'_> {
    fn uses_of(&self, look: impl FnOnce(&mut Uses<'_>)) -> Uses<'_> {
        let mut uses = Uses::new(self.templates, self.needed.len());
        look(&mut uses);
        uses
    }

    /// The slots that are used, but for those of variables that are declared there.
    fn used_outside(&self, look: impl FnOnce(&mut Uses<'_>)) -> Vec<bool> {
        let uses = self.uses_of(look);
        let mut slots: Vec<bool> = uses.counts.iter().map(|&count| count > 0).collect();
        for slot in uses.declared {
            slots[slot.0 as usize] = false;
        }
        slots
    }

    /// From here upwards a variable is not there yet, or gets another value before it is read.
    fn begins(&mut self, slot: LocalSlot) {
        self.needed[slot.0 as usize] = false;
    }

    fn block(&mut self, block: &mut Block) {
        for statement in block.statements.iter_mut().rev() {
            self.statement(statement);
        }
        let entry = self.used_outside(|uses| {
            for (_, template) in &block.functions {
                uses.template(*template);
            }
        });
        add(&mut self.needed, &entry);
    }

    fn statement(&mut self, statement: &mut Statement) {
        match &mut statement.kind {
            StatementKind::Expression(value) => self.value(value),
            StatementKind::Let { binding, value } => {
                self.begins(binding.slot);
                self.value(value);
            }
            StatementKind::LetUnpacked { bindings, value } => {
                bindings
                    .iter()
                    .for_each(|binding| self.begins(binding.slot));
                self.value(value);
            }
            StatementKind::Assign {
                target: Target::Variable(variable, _),
                value,
            } => {
                // A block in the value may be left before the variable gets it.
                if let (Place::Local(slot), Storage::Plain) = (variable.place, variable.storage)
                    && !self.uses_of(|uses| uses.expr(value)).has_blocks
                {
                    self.begins(slot);
                }
                self.value(value);
            }
            StatementKind::Return(Some(value)) => {
                let below = self.needed.clone();
                self.needed.clone_from(&self.pinned);
                self.value(value);
                add(&mut self.needed, &below);
            }
            StatementKind::While { condition, body } => {
                let around = self.used_outside(|uses| {
                    uses.expr(condition);
                    uses.block(body);
                });
                add(&mut self.needed, &around);
                self.block(body);
                self.expr(condition);
            }
            StatementKind::For {
                bindings,
                iterable,
                body,
            } => {
                let around = self.used_outside(|uses| {
                    uses.block(body);
                    uses.declared.extend(bindings.iter().map(|it| it.slot));
                });
                add(&mut self.needed, &around);
                self.block(body);
                self.expr(iterable);
            }
            StatementKind::With { resource, body, .. } => {
                self.block(body);
                self.expr(resource);
            }
            // Nothing moves in these.
            StatementKind::Assign { .. }
            | StatementKind::AssignUnpacked { .. }
            | StatementKind::Update { .. }
            | StatementKind::Throw(_)
            | StatementKind::Return(None)
            | StatementKind::Break
            | StatementKind::Continue => {
                let uses = self.used_outside(|uses| uses.statement(statement));
                add(&mut self.needed, &uses);
            }
        }
    }

    /// An expression whose value is taken whole.
    fn value(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Variable(variable) => self.variable(variable),
            _ => self.expr(expr),
        }
    }

    /// The only use of a variable in what is evaluated here.
    fn variable(&mut self, variable: &mut Variable) {
        if let (Place::Local(slot), Storage::Plain) = (variable.place, variable.storage) {
            let slot = slot.0 as usize;
            variable.is_last = !self.needed[slot] && !self.pinned[slot];
            self.needed[slot] = true;
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let mut below = self.needed.clone();
                self.block(then);
                std::mem::swap(&mut self.needed, &mut below);
                if let Some(otherwise) = otherwise {
                    self.block(otherwise);
                }
                add(&mut self.needed, &below);
                self.expr(condition);
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::Try {
                body,
                catch,
                finally,
            } => self.attempt(body, catch, finally),
            _ => {
                let uses = self.uses_of(|uses| uses.expr(expr)).counts;
                self.arguments(expr, &uses);
                for (slot, count) in uses.iter().enumerate() {
                    self.needed[slot] |= *count > 0;
                }
            }
        }
    }

    fn attempt(
        &mut self,
        body: &mut Block,
        catch: &mut Option<(Binding, Block)>,
        finally: &mut Option<Block>,
    ) {
        let pinned = self.pinned.clone();
        if let Some(finally) = finally {
            self.block(finally);
            let used = self.used_outside(|uses| uses.block(finally));
            add(&mut self.pinned, &used);
        }
        let mut needed = self.needed.clone();
        if let Some((binding, block)) = catch {
            self.block(block);
            let used = self.used_outside(|uses| uses.block(block));
            add(&mut self.pinned, &used);
            self.begins(binding.slot);
            std::mem::swap(&mut self.needed, &mut needed);
        }
        // A failure goes on behind the `try` when it has been caught.
        add(&mut self.pinned, &needed);
        add(&mut self.needed, &needed);
        self.block(body);
        add(&mut self.needed, &self.pinned.clone());
        self.pinned = pinned;
    }

    /// The arguments in an expression that are variables and occur in it once.
    fn arguments(&mut self, expr: &mut Expr, uses: &[u32]) {
        match &mut expr.kind {
            ExprKind::Call {
                function,
                arguments,
                ..
            } => match &function.kind {
                // It looks at what it is given twice.
                ExprKind::Builtin(name) if &**name == "assert" => {}
                ExprKind::Builtin(_) => {
                    for argument in arguments {
                        self.arguments(&mut argument.value, uses);
                    }
                }
                _ => {
                    for argument in arguments {
                        match &mut argument.value.kind {
                            ExprKind::Variable(variable) => match variable.place {
                                Place::Local(slot) if uses[slot.0 as usize] == 1 => {
                                    self.variable(variable);
                                }
                                _ => {}
                            },
                            _ => self.arguments(&mut argument.value, uses),
                        }
                    }
                }
            },
            ExprKind::Negate(operand) | ExprKind::Not(operand) => self.arguments(operand, uses),
            ExprKind::Binary { left, right, .. }
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right) => {
                self.arguments(left, uses);
                self.arguments(right, uses);
            }
            ExprKind::List(elements) => {
                for element in elements {
                    self.arguments(element, uses);
                }
            }
            ExprKind::Stream { head, .. } => self.arguments(head, uses),
            _ => {}
        }
    }
}
