-- The API logs in as `api` and acts as `visitor`, who may only read.
CREATE ROLE visitor NOLOGIN;
CREATE ROLE api LOGIN NOINHERIT PASSWORD 'sample-catalog-password';
GRANT visitor TO api;

CREATE TABLE products (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents >= 0)
);
GRANT SELECT ON products TO visitor;
INSERT INTO products (name, price_cents) VALUES ('Storm lantern', 4900), ('Ship''s bell', 12900);
