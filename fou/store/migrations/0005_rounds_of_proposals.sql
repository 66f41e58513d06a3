-- What a round of proposals needs: a call's dates and rules, guidance, costs by year and type, comments, proposed conflicts.

ALTER TABLE call ADD COLUMN assessed DATE;
ALTER TABLE call ADD COLUMN decides DATE;
ALTER TABLE call ADD COLUMN rules VARCHAR;
ALTER TABLE call ADD COLUMN kinds VARCHAR;
ALTER TABLE call ADD COLUMN scores_open BOOLEAN;
ALTER TABLE call ADD COLUMN copied_from INTEGER;

ALTER TABLE criterion ADD COLUMN lowest INTEGER;
ALTER TABLE criterion ADD COLUMN guidance VARCHAR;

ALTER TABLE member ADD COLUMN chair BOOLEAN;

ALTER TABLE proposal ADD COLUMN state VARCHAR;
ALTER TABLE proposal ADD COLUMN reference VARCHAR;
ALTER TABLE proposal ADD COLUMN contact VARCHAR;
ALTER TABLE proposal ADD COLUMN least INTEGER;
ALTER TABLE proposal ADD COLUMN moved_to INTEGER;

ALTER TABLE score ADD COLUMN comment VARCHAR;

ALTER TABLE conflict ADD COLUMN state VARCHAR;

-- What a form says by year and type of cost. The ledger's requested entries are the sums of what is applied for here.
CREATE TABLE proposal_cost (
    id INTEGER PRIMARY KEY,
    proposal INTEGER NOT NULL,
    year INTEGER NOT NULL,
    cost_type VARCHAR NOT NULL,
    payer VARCHAR NOT NULL,              -- requested, or co_funding: the applicant's own money and others'
    amount INTEGER NOT NULL              -- whole SEK excluding VAT
);
