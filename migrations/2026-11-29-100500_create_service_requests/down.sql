delete from number_rules where resource = 'service-requests';
delete from number_series where resource = 'service-requests';
drop table service_requests;
