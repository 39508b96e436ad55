/// The history in a relational database: PostgreSQL, or H2 for one gateway. Both execute the same SQL.
@NullMarked
package io.interlinkgateway.history.store;

import org.jspecify.annotations.NullMarked;
