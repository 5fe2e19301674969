-- What a member of staff does beside or instead of helping people in; none for most.
ALTER TABLE people ADD COLUMN duty TEXT CHECK (duty IN ('privacy lead', 'auditor'));
