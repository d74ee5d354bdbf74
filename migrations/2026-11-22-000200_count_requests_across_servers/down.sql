drop table request_quotas;
