#lang racket/base
;; Lines are built from pieces, joined to one text, and taken apart again.
(require racket/string)
(define lines
  (for/list ([i (in-range 200000)])
    (string-append (number->string i) ";name " (number->string (modulo i 100))
                   ";" (number->string (* i 3)))))
(define text (string-join lines "\n"))
(define total
  (for/fold ([total 0]) ([line (string-split text "\n")])
    (define parts (string-split line ";"))
    (+ total
       (string->number (car parts))
       (string-length (cadr parts))
       (if (string-suffix? (caddr parts) "7") 1 0))))
(printf "~a ~a\n" (string-length text) total)
