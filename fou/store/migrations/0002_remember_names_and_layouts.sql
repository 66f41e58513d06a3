-- What people have answered about the names and the layouts of the files that they bring in.

CREATE TABLE alias (
    id INTEGER PRIMARY KEY,
    record VARCHAR NOT NULL,             -- the table that the name was looked up in: project, funder, area or call
    label VARCHAR NOT NULL,              -- the name as files write it, folded
    project INTEGER,                     -- what it means: one of these four
    funder INTEGER,
    area INTEGER,
    call INTEGER
);

CREATE TABLE import_layout (
    id INTEGER PRIMARY KEY,
    signature VARCHAR NOT NULL,          -- what the sheet looks like, with the years taken out
    name VARCHAR NOT NULL,               -- the file and sheet that the answers came from
    choices VARCHAR NOT NULL             -- the answers, as JSON
);
