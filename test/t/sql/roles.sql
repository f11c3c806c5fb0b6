-- The roles that fill.sql gives rights to.
CREATE ROLE gateway;
CREATE ROLE red_reader;
CREATE ROLE every_reader;
CREATE ROLE red_admin;
CREATE ROLE etl;
CREATE ROLE auditor;
CREATE ROLE analyst;
