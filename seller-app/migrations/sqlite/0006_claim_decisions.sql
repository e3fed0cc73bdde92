-- Why a claim was decided so, and by whom; empty while it is open. What was said at its opening stays in its own columns.
alter table partner_claims add column decision_reason text not null default '';
alter table partner_claims add column decided_by text not null default '';
