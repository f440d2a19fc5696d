;; Lines are built from pieces, joined to one text, and taken apart again.
(define lines
  (map (lambda (i)
         (string-append (number->string i) ";name " (number->string (modulo i 100))
                        ";" (number->string (* i 3))))
       (iota 200000)))
(define text (string-join lines "\n"))
(define total
  (let loop ((lines (string-split text #\newline)) (total 0))
    (if (null? lines)
        total
        (let ((parts (string-split (car lines) #\;)))
          (loop (cdr lines)
                (+ total
                   (string->number (car parts))
                   (string-length (cadr parts))
                   (if (string-suffix? "7" (caddr parts)) 1 0)))))))
(display (string-length text))
(display " ")
(display total)
(newline)
