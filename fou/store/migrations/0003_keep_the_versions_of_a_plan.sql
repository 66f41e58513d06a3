-- Each decision of a year's plan, so that a plan can be revised within the year with every version kept.

CREATE TABLE plan_version (
    id INTEGER PRIMARY KEY,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    head INTEGER NOT NULL,               -- the batch whose state the board decided on
    board VARCHAR,
    decided DATE,
    reference VARCHAR,
    immediate_approval BOOLEAN,
    note VARCHAR                         -- what was changed since the version before
);
