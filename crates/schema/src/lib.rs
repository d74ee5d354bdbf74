//! The tables, read from a migrated database. Nobody edits this file; it is written by
//! `UPDATE_SCHEMA=1 cargo test -p tests --test store schema`, and compared by the same test without.

diesel::table! {
    attachments (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        media_type -> Nullable<Text>,
        size -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        about_type -> Nullable<Text>,
        about_id -> Nullable<Uuid>,
        seals -> Jsonb,
    }
}

diesel::table! {
    changes (at, sequence) {
        sequence -> BigInt,
        at -> Timestamptz,
        resource -> Text,
        record_id -> Uuid,
        version -> BigInt,
        operation -> Text,
        changed -> Jsonb,
        actor_id -> Nullable<Uuid>,
        request_id -> Nullable<Text>,
        operation_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    comments (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        text -> Text,
        title_sort -> Text,
        about_type -> Nullable<Text>,
        about_id -> Nullable<Uuid>,
        seals -> Jsonb,
    }
}

diesel::table! {
    contact_records (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        kind -> Text,
        subject -> Text,
        title_sort -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        content -> Nullable<Text>,
        happened_at -> Nullable<Timestamptz>,
        minutes -> Nullable<Integer>,
        result -> Nullable<Text>,
        next_contact_on -> Nullable<Date>,
        seals -> Jsonb,
        opportunity_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    contacts (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        customer_id -> Uuid,
        name -> Text,
        title_sort -> Text,
        title -> Nullable<Text>,
        role -> Nullable<Text>,
        is_primary -> Bool,
        phones -> Array<Text>,
        emails -> Array<Text>,
        wechat -> Nullable<Text>,
        id_number -> Nullable<Text>,
        birthday -> Nullable<Date>,
        notes -> Nullable<Text>,
        seals -> Jsonb,
        tag_ids -> Array<Uuid>,
    }
}

diesel::table! {
    contracts (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        name -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        order_id -> Nullable<Uuid>,
        kind -> Text,
        status -> Text,
        amount -> Nullable<Numeric>,
        currency -> Text,
        signed_on -> Nullable<Date>,
        begins_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        termination_reason -> Nullable<Text>,
        renews_id -> Nullable<Uuid>,
        notes -> Nullable<Text>,
        received -> Numeric,
        open -> Nullable<Numeric>,
    }
}

diesel::table! {
    credentials (user_id) {
        user_id -> Uuid,
        password_hash -> Text,
        changed_at -> Timestamptz,
        temporary -> Bool,
    }
}

diesel::table! {
    customer_types (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        description -> Nullable<Text>,
        seals -> Jsonb,
    }
}

diesel::table! {
    customers (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        short_name -> Nullable<Text>,
        kind -> Text,
        type_id -> Nullable<Uuid>,
        level -> Nullable<Text>,
        status -> Text,
        industry -> Nullable<Text>,
        source -> Nullable<Text>,
        credit_code -> Nullable<Text>,
        phones -> Array<Text>,
        emails -> Array<Text>,
        fax -> Nullable<Text>,
        id_number -> Nullable<Text>,
        website -> Nullable<Text>,
        country -> Nullable<Text>,
        region -> Nullable<Text>,
        city -> Nullable<Text>,
        address -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        parent_id -> Nullable<Uuid>,
        next_contact_on -> Nullable<Date>,
        notes -> Nullable<Text>,
        seals -> Jsonb,
        tag_ids -> Array<Uuid>,
    }
}

diesel::table! {
    data_keys (id) {
        id -> Text,
        purpose -> Text,
        wrapped -> Text,
        created_at -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    departments (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        parent_id -> Nullable<Uuid>,
        seals -> Jsonb,
    }
}

diesel::table! {
    duplicate_rules (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        resource -> Text,
        likeness -> Text,
        among -> Text,
        strength -> Text,
    }
}

diesel::table! {
    external_ids (resource, system, external_id) {
        resource -> Text,
        system -> Text,
        external_id -> Text,
        record_id -> Uuid,
    }
}

diesel::table! {
    fields (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        label -> Text,
        label_en -> Nullable<Text>,
        resource -> Text,
        kind -> Text,
        key -> Nullable<Text>,
        refers_to -> Nullable<Text>,
        choices -> Jsonb,
        help -> Nullable<Text>,
        help_en -> Nullable<Text>,
        is_required -> Bool,
        default_value -> Nullable<Text>,
        least -> Nullable<BigInt>,
        greatest -> Nullable<BigInt>,
        is_unique -> Bool,
        is_personal -> Bool,
        is_filterable -> Bool,
        is_listed -> Bool,
        is_quick -> Bool,
        section -> Nullable<Text>,
        position -> BigInt,
        status -> Text,
    }
}

diesel::table! {
    file_parts (file_id, part) {
        file_id -> Uuid,
        part -> Integer,
        content -> Bytea,
    }
}

diesel::table! {
    files (id) {
        id -> Uuid,
        kind -> Text,
        user_id -> Uuid,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        fetched_at -> Nullable<Timestamptz>,
        resource -> Nullable<Text>,
        reach -> Nullable<Text>,
    }
}

diesel::table! {
    followers (record_id, user_id) {
        record_id -> Uuid,
        user_id -> Uuid,
        resource -> Text,
        since -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (caller_id, key, method, path) {
        caller_id -> Uuid,
        method -> Text,
        path -> Text,
        key -> Text,
        fingerprint -> Bytea,
        created_at -> Timestamptz,
        status -> SmallInt,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Nullable<Text>,
        resource -> Nullable<Text>,
        record_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    invoice_lines (id) {
        id -> Uuid,
        invoice_id -> Uuid,
        position -> BigInt,
        product_id -> Uuid,
        description -> Nullable<Text>,
        quantity -> Numeric,
        unit -> Nullable<Text>,
        price -> Numeric,
        discount -> Nullable<Numeric>,
        tax_rate -> Nullable<Numeric>,
        net -> Numeric,
        tax -> Numeric,
    }
}

diesel::table! {
    invoices (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        customer_id -> Uuid,
        order_id -> Nullable<Uuid>,
        contract_id -> Nullable<Uuid>,
        kind -> Text,
        status -> Text,
        tax_number -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        title -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        bank -> Nullable<Text>,
        bank_account -> Nullable<Text>,
        address -> Nullable<Text>,
        phone -> Nullable<Text>,
        currency -> Text,
        prices_include_tax -> Bool,
        lines -> Jsonb,
        net -> Numeric,
        tax -> Numeric,
        amount -> Numeric,
        received -> Numeric,
        open -> Numeric,
        corrects_id -> Nullable<Uuid>,
        notes -> Nullable<Text>,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Jsonb,
        state -> Text,
        priority -> SmallInt,
        run_at -> Timestamptz,
        attempts -> SmallInt,
        max_attempts -> SmallInt,
        lease_until -> Nullable<Timestamptz>,
        leased_by -> Nullable<Text>,
        checkpoint -> Jsonb,
        total -> Nullable<BigInt>,
        done -> BigInt,
        failed -> BigInt,
        resumed_count -> Integer,
        cancel_requested -> Bool,
        error -> Nullable<Text>,
        unique_key -> Nullable<Text>,
        user_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    leads (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        company -> Nullable<Text>,
        title -> Nullable<Text>,
        phones -> Array<Text>,
        emails -> Array<Text>,
        status -> Text,
        source -> Nullable<Text>,
        industry -> Nullable<Text>,
        region -> Nullable<Text>,
        city -> Nullable<Text>,
        address -> Nullable<Text>,
        notes -> Nullable<Text>,
        disqualify_reason -> Nullable<Text>,
        customer_id -> Nullable<Uuid>,
        contact_id -> Nullable<Uuid>,
        opportunity_id -> Nullable<Uuid>,
        opportunity_name -> Nullable<Text>,
        converted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    notifications (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        title -> Text,
        title_sort -> Text,
        reason -> Text,
        about_type -> Nullable<Text>,
        about_id -> Nullable<Uuid>,
        comment_id -> Nullable<Uuid>,
        read_at -> Nullable<Timestamptz>,
        seals -> Jsonb,
        remind_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    number_rules (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        resource -> Text,
        pattern -> Text,
        begin_at -> BigInt,
    }
}

diesel::table! {
    number_series (resource, series) {
        resource -> Text,
        series -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    operation_rows (operation_id, row_number) {
        operation_id -> Uuid,
        row_number -> BigInt,
        record_id -> Nullable<Uuid>,
        outcome -> Text,
        faults -> Jsonb,
        changed -> Jsonb,
    }
}

diesel::table! {
    operations (id) {
        id -> Uuid,
        kind -> Text,
        resource -> Text,
        state -> Text,
        request -> Jsonb,
        total -> BigInt,
        unchanged -> BigInt,
        failed -> BigInt,
        user_id -> Nullable<Uuid>,
        job_id -> Nullable<Uuid>,
        undo_of -> Nullable<Uuid>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        dry_run -> Bool,
        created -> BigInt,
        updated -> BigInt,
        deleted -> BigInt,
        restored -> BigInt,
        skipped -> BigInt,
    }
}

diesel::table! {
    opportunities (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        customer_id -> Uuid,
        amount -> Nullable<Numeric>,
        currency -> Text,
        stage_id -> Nullable<Uuid>,
        stage_since -> Nullable<Timestamptz>,
        probability -> Nullable<BigInt>,
        status -> Text,
        close_on -> Nullable<Date>,
        kind -> Nullable<Text>,
        source -> Nullable<Text>,
        loss_reason -> Nullable<Text>,
        loss_note -> Nullable<Text>,
        closed_at -> Nullable<Timestamptz>,
        notes -> Nullable<Text>,
        lines -> Jsonb,
        number -> Text,
        stale_on -> Nullable<Date>,
        tag_ids -> Array<Uuid>,
    }
}

diesel::table! {
    opportunity_lines (id) {
        id -> Uuid,
        opportunity_id -> Uuid,
        position -> BigInt,
        product_id -> Uuid,
        description -> Nullable<Text>,
        quantity -> Numeric,
        price -> Numeric,
        discount -> Nullable<Numeric>,
        amount -> Numeric,
    }
}

diesel::table! {
    order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> BigInt,
        product_id -> Uuid,
        description -> Nullable<Text>,
        quantity -> Numeric,
        unit -> Nullable<Text>,
        price -> Numeric,
        discount -> Nullable<Numeric>,
        tax_rate -> Nullable<Numeric>,
        net -> Numeric,
        tax -> Numeric,
    }
}

diesel::table! {
    orders (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        opportunity_id -> Nullable<Uuid>,
        quote_id -> Nullable<Uuid>,
        status -> Text,
        ordered_on -> Nullable<Date>,
        deliver_on -> Nullable<Date>,
        address -> Nullable<Text>,
        currency -> Text,
        prices_include_tax -> Bool,
        lines -> Jsonb,
        net -> Numeric,
        tax -> Numeric,
        amount -> Numeric,
        cancel_reason -> Nullable<Text>,
        notes -> Nullable<Text>,
        received -> Numeric,
        open -> Numeric,
    }
}

diesel::table! {
    payment_lines (id) {
        id -> Uuid,
        payment_id -> Uuid,
        position -> BigInt,
        order_id -> Nullable<Uuid>,
        contract_id -> Nullable<Uuid>,
        plan_id -> Nullable<Uuid>,
        invoice_id -> Nullable<Uuid>,
        amount -> Numeric,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    payment_plan_lines (id) {
        id -> Uuid,
        payment_plan_id -> Uuid,
        position -> BigInt,
        due_on -> Date,
        amount -> Numeric,
        note -> Nullable<Text>,
        received -> Numeric,
        open -> Numeric,
    }
}

diesel::table! {
    payment_plans (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        customer_id -> Uuid,
        order_id -> Nullable<Uuid>,
        contract_id -> Nullable<Uuid>,
        status -> Text,
        currency -> Text,
        lines -> Jsonb,
        amount -> Numeric,
        received -> Numeric,
        open -> Numeric,
        next_due_on -> Nullable<Date>,
        notes -> Nullable<Text>,
    }
}

diesel::table! {
    payments (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        customer_id -> Uuid,
        status -> Text,
        paid_on -> Nullable<Date>,
        method -> Text,
        amount -> Numeric,
        currency -> Text,
        reference -> Nullable<Text>,
        lines -> Jsonb,
        allocated -> Numeric,
        unallocated -> Numeric,
        order_ids -> Array<Uuid>,
        contract_ids -> Array<Uuid>,
        plan_ids -> Array<Uuid>,
        invoice_ids -> Array<Uuid>,
        reversed_on -> Nullable<Date>,
        reversal_reason -> Nullable<Text>,
        notes -> Nullable<Text>,
    }
}

diesel::table! {
    pipelines (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    processes (name) {
        name -> Text,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    product_categories (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        parent_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        code -> Nullable<Text>,
        barcode -> Nullable<Text>,
        category_id -> Nullable<Uuid>,
        unit -> Nullable<Text>,
        price -> Nullable<Numeric>,
        currency -> Text,
        tax_rate -> Nullable<Numeric>,
        status -> Text,
        description -> Nullable<Text>,
        units -> Jsonb,
        image_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    quote_lines (id) {
        id -> Uuid,
        quote_id -> Uuid,
        position -> BigInt,
        product_id -> Uuid,
        description -> Nullable<Text>,
        quantity -> Numeric,
        unit -> Nullable<Text>,
        price -> Numeric,
        discount -> Nullable<Numeric>,
        tax_rate -> Nullable<Numeric>,
        net -> Numeric,
        tax -> Numeric,
    }
}

diesel::table! {
    quotes (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        opportunity_id -> Nullable<Uuid>,
        status -> Text,
        valid_until -> Nullable<Date>,
        currency -> Text,
        prices_include_tax -> Bool,
        lines -> Jsonb,
        net -> Numeric,
        tax -> Numeric,
        amount -> Numeric,
        terms -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        sent_at -> Nullable<Timestamptz>,
        decided_at -> Nullable<Timestamptz>,
        revises_id -> Nullable<Uuid>,
        notes -> Nullable<Text>,
    }
}

diesel::table! {
    recovery_codes (hash) {
        hash -> Bytea,
        user_id -> Uuid,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    request_quotas (caller) {
        caller -> Text,
        used -> Double,
        at -> Timestamptz,
    }
}

diesel::table! {
    role_fields (role_id, resource, field) {
        role_id -> Uuid,
        resource -> Text,
        field -> Text,
        #[sql_name = "right"]
        right_ -> Text,
    }
}

diesel::table! {
    role_grants (role_id, resource, action) {
        role_id -> Uuid,
        resource -> Text,
        action -> Text,
        scope -> Text,
    }
}

diesel::table! {
    roles (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        description -> Nullable<Text>,
        personal -> Text,
        shipped_key -> Nullable<Text>,
        seals -> Jsonb,
    }
}

diesel::table! {
    schedules (kind) {
        kind -> Text,
        every_seconds -> Integer,
        next_at -> Timestamptz,
        payload -> Jsonb,
    }
}

diesel::table! {
    search_index (record_id) {
        record_id -> Uuid,
        resource -> Text,
        body -> Text,
        tokens -> Array<Integer>,
        digests -> Array<Uuid>,
        mark -> Integer,
    }
}

diesel::table! {
    second_factors (user_id) {
        user_id -> Uuid,
        secret -> Text,
        begun_at -> Timestamptz,
        active_since -> Nullable<Timestamptz>,
        last_step -> BigInt,
    }
}

diesel::table! {
    service_requests (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        subject -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        kind -> Text,
        channel -> Nullable<Text>,
        priority -> Text,
        status -> Text,
        description -> Nullable<Text>,
        solution -> Nullable<Text>,
        reject_reason -> Nullable<Text>,
        solved_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        address -> Text,
        agent -> Text,
        noted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Jsonb,
    }
}

diesel::table! {
    setup_links (hash) {
        hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sign_in_challenges (hash) {
        hash -> Bytea,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_failures (id) {
        id -> BigInt,
        subject -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    stage_visits (id) {
        id -> BigInt,
        opportunity_id -> Uuid,
        stage_id -> Uuid,
        entered_at -> Timestamptz,
        left_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    stages (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        pipeline_id -> Uuid,
        position -> BigInt,
        probability -> BigInt,
        stale_after -> Nullable<BigInt>,
    }
}

diesel::table! {
    successors (record_id) {
        record_id -> Uuid,
        resource -> Text,
        successor_id -> Uuid,
        followers -> Array<Uuid>,
    }
}

diesel::table! {
    tags (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        name -> Text,
        colour -> Text,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    tasks (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        subject -> Text,
        title_sort -> Text,
        due_on -> Nullable<Date>,
        priority -> Text,
        status -> Text,
        remind_at -> Nullable<Timestamptz>,
        repeat -> Nullable<Text>,
        about_type -> Nullable<Text>,
        about_id -> Nullable<Uuid>,
        notes -> Nullable<Text>,
        done_at -> Nullable<Timestamptz>,
        repeats_id -> Nullable<Uuid>,
        seals -> Jsonb,
    }
}

diesel::table! {
    tickets (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        seals -> Jsonb,
        title_sort -> Text,
        number -> Text,
        subject -> Text,
        customer_id -> Uuid,
        contact_id -> Nullable<Uuid>,
        service_request_id -> Nullable<Uuid>,
        priority -> Text,
        status -> Text,
        due_at -> Nullable<Timestamptz>,
        description -> Nullable<Text>,
        waiting_for -> Nullable<Text>,
        solution -> Nullable<Text>,
        solved_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    unreadable_values (place, record_id, field) {
        place -> Text,
        record_id -> Uuid,
        field -> Text,
        noticed_at -> Timestamptz,
    }
}

diesel::table! {
    user_roles (user_id, role_id) {
        user_id -> Uuid,
        role_id -> Uuid,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Nullable<Uuid>,
        updated_at -> Timestamptz,
        updated_by -> Nullable<Uuid>,
        deleted_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        department_id -> Nullable<Uuid>,
        external_ids -> Jsonb,
        custom -> Jsonb,
        name -> Text,
        title_sort -> Text,
        username -> Text,
        email -> Nullable<Text>,
        title -> Nullable<Text>,
        status -> Text,
        locale -> Text,
        seals -> Jsonb,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    attachments,
    changes,
    comments,
    contact_records,
    contacts,
    contracts,
    credentials,
    customer_types,
    customers,
    data_keys,
    departments,
    duplicate_rules,
    external_ids,
    fields,
    file_parts,
    files,
    followers,
    idempotency_keys,
    invoice_lines,
    invoices,
    jobs,
    leads,
    notifications,
    number_rules,
    number_series,
    operation_rows,
    operations,
    opportunities,
    opportunity_lines,
    order_lines,
    orders,
    payment_lines,
    payment_plan_lines,
    payment_plans,
    payments,
    pipelines,
    processes,
    product_categories,
    products,
    quote_lines,
    quotes,
    recovery_codes,
    refresh_tokens,
    request_quotas,
    role_fields,
    role_grants,
    roles,
    schedules,
    search_index,
    second_factors,
    service_requests,
    sessions,
    settings,
    setup_links,
    sign_in_challenges,
    sign_in_failures,
    stage_visits,
    stages,
    successors,
    tags,
    tasks,
    tickets,
    unreadable_values,
    user_roles,
    users,
);
