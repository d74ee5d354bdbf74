-- What a person proves besides the password: codes of a shared secret, or a code that was put aside for a lost phone.
-- None of it goes into the change log; the history of the user says when it was switched on or off, and by whom.
create table second_factors (
    user_id uuid primary key references users,
    -- Sealed; whoever reads it can make codes.
    secret text not null,
    begun_at timestamptz not null,
    -- Null until the first right code has shown that the phone knows the secret too.
    active_since timestamptz,
    -- The step of the last code that was accepted. Neither it nor an earlier one counts again.
    last_step bigint not null default 0
);

-- Random and long, so that their digests cannot be searched backwards. Used up by being deleted.
create table recovery_codes (
    hash bytea primary key,
    user_id uuid not null references second_factors on delete cascade
);
create index recovery_codes_user on recovery_codes (user_id);

-- People whose password was right and who have not shown their code yet; digests of what they hold meanwhile.
create table sign_in_challenges (
    hash bytea primary key,
    user_id uuid not null references users,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index sign_in_challenges_user on sign_in_challenges (user_id);
