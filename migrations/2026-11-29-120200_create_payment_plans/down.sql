delete from notifications where reason = 'overdue';
alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check
    check (reason in ('mention', 'reminder', 'followed'));
delete from number_rules where resource = 'payment-plans';
drop table payment_plan_lines;
drop table payment_plans;
