drop table settings;
drop table sign_in_failures;
drop table setup_links;
drop table refresh_tokens;
drop table sessions;
drop table credentials;
drop table data_keys;
